import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slackDelivery } from '../../src/notify/slack/delivery.ts';
import { notifyAllOwners } from '../../src/organization/summary/notify-owners.ts';
import { publishSummary } from '../../src/organization/summary/publish-summary.ts';
import { AWAY, HOME, seedOrganization } from '../builders/organization.ts';
import { SlackServer, textsIn } from '../notify/slack-server.ts';
import { BUCKET, POLICY, Running, type RunningOptions, SETTINGS } from './running.ts';

const TELLING = `${POLICY}
notify: { slack: { token: "ssm:/x", channel: "#platform", signingSecret: "ssm:/y" } }
owners: { tag: Owner, aliases: { platform-team: "#golden" } }
`;

let slack: SlackServer;
let running: Running;
beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C000GOLDEN', name: 'golden' });
});
afterEach(async () => {
  await running.close();
  await slack.close();
});

/** A whole run up to telling. */
async function acted(options: RunningOptions = {}): Promise<void> {
  running = await Running.start(seedOrganization({ consumers: 1, unused: 3 }), { policy: TELLING, ...options });
  await running.readAll();
  await running.join();
  for (const { accountId, regions } of running.rows)
    for (const region of regions) await running.act({ accountId, region });
}

async function delivery() {
  const { policy, startedAt } = await running.run();
  return slackDelivery({
    token: 'xoxb-test-token-1234',
    apiUrl: slack.url,
    policy,
    hasButtons: false,
    timing: { sleep: async () => {}, timeoutMilliseconds: 300, isTimeLeft: () => true },
    startedAt,
    mayBeSecondTry: true,
  });
}

const ABOUT = {
  ownAccountId: '111111111111',
  reportUrl: 'https://reports.example.com/latest/organization/summary.html',
};

async function tell() {
  const { store, home } = running;
  const run = await running.run();
  const clock = () => running.now;
  return notifyAllOwners({ run, store, home, members: SETTINGS, delivery: await delivery(), clock, ...ABOUT });
}

async function sum() {
  const run = await running.run();
  return publishSummary({ run, store: running.store, s3: running.home.s3, delivery: await delivery(), ...ABOUT });
}

const messages = (channel: string) =>
  slack.posted.filter((message) => message.channel === channel).map((message) => textsIn(message.blocks).join('\n'));
const announced = (id: string) =>
  running.seeded.golden.home.state.images.get(id)?.Tags?.find(({ Key }) => Key === 'ami-janitor:announced-at')?.Value;
const keys = () => [...(running.seeded.janitor.home.state.buckets.get(BUCKET)?.keys() ?? [])];

describe('owners', () => {
  it('hear once of all their images in all accounts, and what they heard stands on the images', async () => {
    await acted({ mode: 'enforce' });
    const { images } = running.seeded;
    // Nobody was told yet, so nothing goes.
    expect(running.seeded.golden.home.state.images.has(images.unused[0] ?? '')).toBe(true);
    const told = await tell();
    expect(told).toMatchObject({ untold: 0, problems: [] });
    const [message = '', ...others] = messages('C000GOLDEN');
    expect(others).toEqual([]);
    for (const id of images.unused) {
      expect(message).toContain(id);
      expect(announced(id)).toBe(running.now.toISOString());
    }
    expect(message).toContain(`${HOME}, account ${running.golden.accountId}`);
    expect(announced(images.inTemplate37)).toBeUndefined();
    expect(told.announced).toBeGreaterThan(3);
  });

  it('are not told a second time by a second try', async () => {
    await acted({ mode: 'enforce' });
    const first = await tell();
    const posted = slack.posted.length;
    expect(await tell()).toEqual(first);
    expect(slack.posted.length).toBe(posted);
  });

  it('are not told a second time by a try after one that was killed before it could say so', async () => {
    await acted({ mode: 'enforce' });
    const isTold = ({ operation, input }: { operation: string; input: unknown }) =>
      operation === 'PutObject' && JSON.stringify(input).includes('told.json');
    running.intercept = (call) => (isTold(call) ? { kind: 'access-denied' } : undefined);
    await expect(tell()).rejects.toThrow();
    const posted = slack.posted.length;
    running.intercept = () => undefined;
    expect(await tell()).toMatchObject({ untold: 0, messages: 0, problems: [] });
    expect(slack.posted.length).toBe(posted);
  });

  it('count as told though a tag could not be written, and the run says which', async () => {
    await acted({ mode: 'enforce' });
    running.intercept = ({ operation, region }) =>
      operation === 'CreateTags' && region === HOME ? { kind: 'access-denied' } : undefined;
    const { problems } = await tell();
    expect(problems[0]).toContain(`${running.golden.accountId}/${HOME}: `);
    expect(problems[0]).toContain('and its announcement stands in the journal');
    expect(announced(running.seeded.images.unused[0] ?? '')).toBeUndefined();
  });

  it('who could not be told for certain are told again: nothing stands on their images', async () => {
    await acted({ mode: 'enforce' });
    slack.fault = ({ method }) => (method === 'chat.postMessage' ? { notOk: 'fatal_error' } : undefined);
    const told = await tell();
    expect(told).toMatchObject({ announced: 0, messages: 0 });
    expect(told.untold).toBeGreaterThan(3);
    expect(told.problems.length).toBeGreaterThan(0);
    expect(announced(running.seeded.images.unused[0] ?? '')).toBeUndefined();
  });

  it('hear nothing of a dry run, and no image is tagged', async () => {
    await acted();
    expect(await tell()).toMatchObject({ announced: 0, messages: 0 });
    expect(slack.posted).toEqual([]);
    expect(running.sandbox.calls.writes().filter(({ service }) => service !== 's3')).toEqual([]);
  });
});

describe('the platform’s people', () => {
  it('hear once of the whole organization, and the summary is written for this run and as the newest', async () => {
    await acted({ mode: 'enforce' });
    await tell();
    const { summary, problems } = await sum();
    expect(problems).toEqual([]);
    expect(summary.complete).toBe(true);
    expect(summary.totals.places).toEqual({ ended: 4, unread: 0, skipped: 0, 'not-ended': 0 });
    const [message = '', ...others] = messages('C00PLATFORM').slice(-1);
    expect(others).toEqual([]);
    expect(message).toContain('2 accounts');
    expect(message).toContain(summary.runId);
    for (const name of ['summary.json', 'summary.md', 'summary.html']) {
      expect(keys()).toContain(`latest/organization/${name}`);
      expect(keys()).toContain(`organization/${summary.runId}/${name}`);
    }
    // What something was done in stands in the index of runs; what nothing was done in would only fill it.
    const index = running.seeded.janitor.home.state.buckets.get(BUCKET)?.get('reports/index.json');
    const { runs } = JSON.parse(Buffer.from(index?.body ?? []).toString());
    expect(
      runs.map(({ accountId, region }: { accountId: string; region: string }) => `${accountId} ${region}`),
    ).toContain(`${running.golden.accountId} ${HOME}`);
  });

  it('hear once, though the summary is made a second time', async () => {
    await acted({ mode: 'enforce' });
    await tell();
    await sum();
    await sum();
    expect(messages('C00PLATFORM')).toHaveLength(1);
  });

  it('hear of targets that failed, and of owners that nobody could tell', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 1 });
    seeded.consumer(2).home.state.everywhere.roles.clear();
    running = await Running.start(seeded, { mode: 'enforce', policy: TELLING });
    await running.readAll();
    await running.join();
    for (const { accountId, regions } of running.rows)
      for (const region of regions) await running.act({ accountId, region });
    const { summary } = await sum();
    expect(summary.complete).toBe(false);
    expect(summary.totals.places).toMatchObject({ ended: 4, unread: 2 });
    expect(summary.troubles.filter((trouble) => trouble.startsWith(seeded.consumer(2).accountId))).toHaveLength(2);
    expect(summary.troubles.at(-1)).toContain('owners could not be told');
    const [message = ''] = messages('C00PLATFORM').slice(-1);
    expect(message).toContain('could not be assumed');
    expect(summary.places.filter(({ region }) => region === AWAY)).toHaveLength(3);
  });
});
