import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { snsDelivery } from '../../src/notify/sns.ts';
import { ABOUT, aNotice, itemsFor, QUIET } from '../builders/notices.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ami-janitor-owners';
const TIMING = { sleep: async () => {}, timeoutMilliseconds: 300, isTimeLeft: () => true };
const sns = mockClient(SNSClient);
const delivery = snsDelivery(TOPIC, 'eu-west-1', TIMING);
beforeEach(() => {
  sns.reset();
  subscribed('1');
});
afterAll(() => sns.restore());

/** How many subscriptions SNS says are confirmed. */
function subscribed(SubscriptionsConfirmed: string | undefined): void {
  sns.on(GetTopicAttributesCommand).resolves({ Attributes: SubscriptionsConfirmed ? { SubscriptionsConfirmed } : {} });
}

it('publishes every image once, in messages that SNS takes', async () => {
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  const notices = Array.from({ length: 450 }, (_, number) =>
    aNotice(number, { name: '𠮷'.repeat(200), why: '𠮷'.repeat(900) }),
  );
  const { delivered, undelivered, messages } = await delivery.notifyOwners([itemsFor('web', notices)], ABOUT, QUIET);
  expect([delivered.length, undelivered.length, messages]).toEqual([450, 0, 8]);
  const inputs = sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
  const text = inputs.map(({ Message }) => Message).join();
  for (const { imageId } of notices) expect(text.split(imageId)).toHaveLength(2);
  for (const { Message = '', Subject = '', TopicArn } of inputs) {
    expect(Buffer.byteLength(Message)).toBeLessThan(262_144);
    expect(Message).toMatch(/To keep one, set its tag/);
    expect(Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(TopicArn).toBe(TOPIC);
  }
});

it('announces nothing that was not published', async () => {
  sns.on(PublishCommand).rejectsOnce(new Error('denied')).resolves({ MessageId: '1' });
  const owned = [itemsFor('web', [aNotice(1)]), itemsFor(undefined, [aNotice(2)])];
  const { delivered, undelivered, problems } = await delivery.notifyOwners(owned, ABOUT, QUIET);
  expect([delivered, undelivered]).toEqual([owned[1]?.items, owned[0]?.items]);
  expect(problems).toHaveLength(1);
});

it.each([
  ['nobody has confirmed a subscription', () => subscribed('0'), 'has no confirmed subscription'],
  ['SNS does not say', () => subscribed(undefined), 'has no confirmed subscription'],
  ['it can not be asked', () => sns.on(GetTopicAttributesCommand).rejects(new Error('denied')), 'could not be asked'],
])('counts nothing as told where %s, and publishes nothing', async (_, change, why) => {
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  change();
  const owned = [itemsFor('web', [aNotice(1)]), itemsFor('db', [aNotice(2)])];
  const { delivered, undelivered, messages, problems } = await delivery.notifyOwners(owned, ABOUT, QUIET);
  expect([delivered, undelivered.length, messages]).toEqual([[], 2, 0]);
  expect(problems).toEqual([expect.stringContaining(why)]);
  expect(sns.commandCalls(PublishCommand)).toEqual([]);
});

it('asks once who hears', async () => {
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  await delivery.notifyOwners(
    [1, 2, 3].map((number) => itemsFor(`team-${number}`, [aNotice(number)])),
    ABOUT,
    QUIET,
  );
  expect(sns.commandCalls(GetTopicAttributesCommand)).toHaveLength(1);
});

it('tells of a failed run, or says why it could not', async () => {
  sns.on(PublishCommand).rejectsOnce(new Error('denied')).resolves({ MessageId: '1' });
  const failed = {
    requestId: '3f6e0c1e',
    functionName: 'janitor-deregister',
    accountId: '123456789012',
    region: 'eu-west-1',
    why: ['eu-west-1: instances\ncould not be read'],
  };
  expect(await delivery.notifyFailure(failed)).toContain('denied');
  expect(await delivery.notifyFailure(failed)).toBeUndefined();
  expect(sns.commandCalls(PublishCommand).at(-1)?.args[0].input).toEqual({
    TopicArn: TOPIC,
    Subject: 'ami-janitor: janitor-deregister failed in account 123456789012',
    Message: [
      'janitor-deregister failed in account 123456789012',
      'PROBLEM: eu-west-1: instances\\u{a}could not be read',
      "Request 3f6e0c1e in the function's log, eu-west-1",
    ].join('\n'),
  });
});

it('fits what SNS takes by its bytes, however long a summary is and whatever alphabet it is in', async () => {
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  const lines = Array.from({ length: 20_000 }, (_, number) => `${number}: 漢字かな🦄 was deregistered`);
  const summary = { runId: 'run', accountId: '1', isDryRun: false, problems: lines, lines, where: 'アカウント' };
  expect(await delivery.notifyPlatform(summary)).toBeUndefined();
  const { Message = '', Subject = '' } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
  expect(Buffer.byteLength(Message)).toBeLessThanOrEqual(262_144);
  expect(Message).toMatch(/…$/);
  expect(Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
});

it('publishes nothing for which there is no time', async () => {
  const late = snsDelivery(TOPIC, 'eu-west-1', { ...TIMING, isTimeLeft: () => false });
  const { delivered, undelivered } = await late.notifyOwners([itemsFor('web', [aNotice(1)])], ABOUT, QUIET);
  expect([delivered.length, undelivered.length, sns.commandCalls(PublishCommand).length]).toEqual([0, 1, 0]);
});
