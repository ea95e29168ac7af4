import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler } from '../../src/handlers/notify.ts';
import { publishToBucket } from '../../src/publish/bucket.ts';
import { passWaits } from '../builders/pass-waits.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { silenceConsole } from '../builders/silence-console.ts';
import { type SlackCall, SlackServer, textsIn } from '../notify/slack-server.ts';
import { aReport, due, image, imageId, RUN } from '../report/plans.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { lambdaContext } from './invoke.ts';

const BUCKET = 'ami-janitor-reports';
const HOUR = 3_600_000;
const POLICY = `
version: 1
rules: []
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform" } }
`;

let slack: SlackServer;
let sandbox: Sandbox;
let story: StoryAccount;
let s3: S3Client;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW.getTime() + 6 * HOUR });
  passWaits((until) => vi.setSystemTime(Math.max(Date.now(), until)));
  slack = await new SlackServer().start();
  slack.channels.push(
    { id: 'C00PLATFORM', name: 'platform' },
    { id: 'C00000WEB', name: 'web' },
    { id: 'C00000OPS', name: 'ops' },
  );
  story = new StoryAccount();
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  const variables = { ...storePolicy(story.state, POLICY), SLACK_API_URL: slack.url, JANITOR_ENFORCE: 'true' };
  sandbox = await serve({ account: story.state, now: () => new Date() }, variables);
  silenceConsole();
  const credentials = { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' };
  s3 = new S3Client({ endpoint: sandbox.url, region: 'eu-west-1', forcePathStyle: true, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  s3.destroy();
  slack.close();
  await sandbox.close();
});

const hours = (amount: number) => vi.setSystemTime(NOW.getTime() + amount * HOUR);
const passes = [{ pass: 'deregister', actions: [], deferred: [] }] as const;

/** A deregistering run that removed some of the images, which the channels #web and #ops own in turn. */
async function removed(run: number, ...numbers: number[]): Promise<void> {
  const decisions = numbers.map((number) =>
    due(image(number, { tags: { Owner: number % 2 === 0 ? '#web' : '#ops' } }), 'deregister'),
  );
  const outcomes = numbers.map((number) => ({
    action: 'deregister' as const,
    resourceId: imageId(number),
    status: 'done' as const,
  }));
  await publish(aReport({ passes, observedAt: new Date(), decisions }, { run: runOf(run, 'enforce'), outcomes }));
}

function runOf(number: number, mode: 'enforce' | 'dry-run') {
  return { ...RUN, runId: `20261121T02000${number}Z-0000000${number}`, mode };
}

async function publish(report: ReturnType<typeof aReport>): Promise<void> {
  const startedBy = { kind: 'command-line', callerArn: 'arn:aws:iam::123456789012:user/ann' } as const;
  const { problems } = await publishToBucket({ s3, bucket: BUCKET, report, startedBy, isLatest: true });
  expect(problems).toEqual([]);
}

/** @param seconds that are left for it */
const notify = (mode: 'dry-run' | 'enforce' = 'enforce', seconds = 900) =>
  handler({ mode }, lambdaContext(seconds * 1000));
const told = (channel: string) =>
  slack.posted
    .filter((message) => message.channel === channel)
    .flatMap(({ blocks }) => textsIn(blocks))
    .filter((text) => text.includes('It was deregistered'))
    .map((text) => /ami-[0-9a-f]{17}/.exec(text)?.[0]);

describe('what was done', () => {
  it('is told once: a second telling on the same day tells nothing twice', async () => {
    await removed(1, 2, 3);
    await notify();
    expect([told('C00000WEB'), told('C00000OPS')]).toEqual([[imageId(2)], [imageId(3)]]);
    await notify();
    hours(30);
    await notify();
    expect([told('C00000WEB'), told('C00000OPS')]).toEqual([[imageId(2)], [imageId(3)]]);
  });

  it('is told though a dry run came after it, and though another run did', async () => {
    await removed(1, 2);
    await removed(2, 4);
    await publish(aReport({ passes, observedAt: new Date() }, { run: runOf(3, 'dry-run') }));
    await notify();
    expect(told('C00000WEB').sort()).toEqual([imageId(2), imageId(4)]);
  });

  it('is not lost by one bad morning, nor by five', async () => {
    await removed(1, 2, 3);
    slack.fault = ({ method, values }) =>
      method === 'chat.postMessage' && values.channel === '#ops' ? 'error-before' : undefined;
    await expect(notify('enforce', 104)).rejects.toThrow(/#ops could not be told/);
    slack.fault = () => ({ notOk: 'token_revoked' });
    for (const day of [1, 2, 3, 4]) {
      hours(6 + day * 24);
      await expect(notify()).rejects.toThrow(/could not be/);
    }
    slack.fault = () => undefined;
    hours(6 + 5 * 24);
    await notify();
    expect([told('C00000WEB'), told('C00000OPS')]).toEqual([[imageId(2)], [imageId(3)]]);
  }, 60_000);

  it('is told once to those who heard, though others did not and Slack shows no history', async () => {
    await removed(1, 2, 3);
    const hidden = ({ method }: SlackCall) =>
      /^conversations\.(history|replies)$/.test(method) ? { notOk: 'missing_scope' } : undefined;
    slack.fault = (call) =>
      call.method === 'chat.postMessage' && call.values.channel === '#ops' ? 'error-before' : hidden(call);
    await expect(notify('enforce', 104)).rejects.toThrow(/#ops could not be told/);
    slack.fault = hidden;
    hours(30);
    await notify();
    expect([told('C00000WEB'), told('C00000OPS')]).toEqual([[imageId(2)], [imageId(3)]]);
  });

  it('is not lost by three weeks without Slack', async () => {
    await removed(1, 2);
    slack.fault = () => ({ notOk: 'token_revoked' });
    for (const day of [0, 10, 20]) {
      hours(6 + day * 24);
      await expect(notify()).rejects.toThrow(/could not be/);
    }
    slack.fault = () => undefined;
    hours(6 + 21 * 24);
    await notify();
    expect(told('C00000WEB')).toEqual([imageId(2)]);
  });

  it('and failed is said to the platform’s people once', async () => {
    await removed(1, 2);
    const reason = 'access denied';
    const outcomes = [{ action: 'deregister', resourceId: imageId(4), status: 'failed', reason }] as const;
    await publish(aReport({ passes, observedAt: new Date() }, { run: runOf(2, 'enforce'), outcomes }));
    slack.fault = ({ method, values }) =>
      method === 'chat.postMessage' && values.channel === '#platform' ? { notOk: 'is_archived' } : undefined;
    await expect(notify()).rejects.toThrow(/The platform channel could not be told/);
    slack.fault = () => undefined;
    await expect(notify()).rejects.toThrow(imageId(4));
    expect(slack.posted.at(-1)?.channel).toBe('C00PLATFORM');
    expect(JSON.stringify(slack.posted.at(-1)?.blocks)).toContain(imageId(4));
    const before = slack.posted.length;
    await notify();
    expect(slack.posted.length).toBe(before);
  });

  it('is told though its run ended after the next one had been told', async () => {
    await removed(2, 4);
    await notify();
    await removed(1, 2);
    await notify();
    expect(told('C00000WEB')).toEqual([imageId(4), imageId(2)]);
  });

  it('is told though its run began days before and ended after others had been told', async () => {
    await removed(2, 4);
    await notify();
    hours(6 + 3 * 24);
    await notify();
    hours(6 + 24);
    await removed(1, 2);
    hours(6 + 3 * 24);
    await notify();
    expect(told('C00000WEB')).toEqual([imageId(4), imageId(2)]);
  });

  it('is told by two tellings at once no more than twice, and marked by both', async () => {
    await removed(1, 2, 3);
    await Promise.all([notify(), notify()]);
    const before = slack.posted.length;
    await notify();
    expect(slack.posted.length).toBe(before);
  });

  it('whose report is gone is said to the platform’s people once, with where its records lie', async () => {
    await removed(1, 2);
    const bucket = story.state.buckets.get(BUCKET);
    for (const key of bucket?.keys() ?? []) if (/^reports\/\d/.test(key)) bucket?.delete(key);
    await expect(notify()).rejects.toThrow(/its report is gone \(audit\/123456789012\/eu-west-1\/2026\/11\/21/);
    await notify();
    expect(slack.posted).toHaveLength(1);
  });

  it('is neither told nor marked by a dry run of the telling', async () => {
    await removed(1, 2);
    await notify('dry-run');
    expect(told('C00000WEB')).toEqual([]);
    await notify();
    expect(told('C00000WEB')).toEqual([imageId(2)]);
  });
});

it('a state of the telling that is broken is begun anew', async () => {
  const object = { body: Buffer.from('{'), eTag: '"broken"', lastModified: NOW, metadata: {} };
  story.state.buckets.get(BUCKET)?.set('telling/123456789012.json', object);
  await removed(1, 2);
  await notify();
  await notify();
  expect(told('C00000WEB')).toEqual([imageId(2)]);
});
