import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/notify/delivery.ts';
import { slackDelivery } from '../../src/notify/slack/delivery.ts';
import { webhookDelivery } from '../../src/notify/slack/webhook.ts';
import { notifyAllOwners } from '../../src/organization/summary/notify-owners.ts';
import { publishSummary } from '../../src/organization/summary/publish-summary.ts';
import { AWAY, HOME, seedOrganization } from '../builders/organization.ts';
import { IS_SAMPLE, sweep } from '../builders/runs.ts';
import { SlackServer, textsIn } from '../notify/slack-server.ts';
import { AT_HOME, BUCKET, POLICY, Running, type RunningOptions, SETTINGS } from './running.ts';

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
  await slack.close();
});

const TIMING = { sleep: async () => {}, timeoutMilliseconds: 10_000, isTimeLeft: () => true };

/** A whole run up to telling. */
async function acted(options: RunningOptions = {}): Promise<void> {
  running = await Running.start(seedOrganization({ consumers: 1, unused: 3 }), {
    ...AT_HOME,
    policy: TELLING,
    ...options,
  });
  await running.readAndJoin();
  await running.actEverywhere();
}

async function delivery() {
  const { policy, startedAt } = await running.run();
  return slackDelivery({
    token: 'xoxb-test-token-1234',
    apiUrl: slack.url,
    policy,
    hasButtons: false,
    timing: TIMING,
    startedAt,
    mayBeSecondTry: true,
  });
}

const ABOUT = {
  ownAccountId: '111111111111',
  reportUrl: 'https://reports.example.com/latest/organization/summary.html',
};

async function tell(by: Delivery | undefined = undefined) {
  const { store, home } = running;
  const run = await running.run();
  const clock = () => running.now;
  const way = by ?? (await delivery());
  return notifyAllOwners({ run, store, home, members: SETTINGS, delivery: way, clock, ...ABOUT });
}

async function sum(by: Delivery | undefined = undefined) {
  const { store, home } = running;
  const way = by ?? (await delivery());
  const clock = () => running.now;
  return publishSummary({ run: await running.run(), store, s3: home.s3, delivery: way, clock, ...ABOUT });
}

const messages = (channel: string) =>
  slack.posted.filter((message) => message.channel === channel).map((message) => textsIn(message.blocks).join('\n'));
const announced = (id: string) =>
  running.seeded.golden.home.state.images.get(id)?.Tags?.find(({ Key }) => Key === 'ami-janitor:announced-at')?.Value;
const keys = () => [...(running.seeded.janitor.home.state.buckets.get(BUCKET)?.keys() ?? [])];

describe('owners', () => {
  it('hear once of all their images in all accounts, and what they heard stands on the images', async () => {
    await acted();
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
    await acted();
    const first = await tell();
    const posted = slack.posted.length;
    expect(await tell()).toEqual(first);
    expect(slack.posted.length).toBe(posted);
  });

  it('are not told a second time by a try after one that was killed before it could say so', async () => {
    await acted();
    const isTold = ({ operation, input }: { operation: string; input: unknown }) =>
      operation === 'PutObject' && JSON.stringify(input).includes('told.json');
    running.intercept = (call) => (isTold(call) ? { kind: 'access-denied' } : undefined);
    await expect(tell()).rejects.toThrow();
    const posted = slack.posted.length;
    running.intercept = () => undefined;
    expect(await tell()).toMatchObject({ untold: 0, messages: 0, problems: [] });
    expect(slack.posted.length).toBe(posted);
  });

  it('are told by one attempt at a time, though an invocation of a stopped execution lives on', async () => {
    await acted();
    const refused: string[] = [];
    running.intercept = ({ operation, input }) =>
      operation === 'PutObject' && /told\/0001-0001\.json/.test(JSON.stringify(input)) && refused.length === 0
        ? { before: async () => void refused.push(String(await tell().catch((error: unknown) => error))) }
        : undefined;
    expect(await tell()).toMatchObject({ untold: 0, problems: [] });
    expect(refused).toEqual([expect.stringMatching(/^LockedError: another invocation of this run is telling owners/)]);
    expect(messages('C000GOLDEN')).toHaveLength(1);
  });

  it('count as told though a tag could not be written, and the run says which', async () => {
    await acted();
    running.intercept = ({ operation, region }) =>
      operation === 'CreateTags' && region === HOME ? { kind: 'access-denied' } : undefined;
    const { problems } = await tell();
    expect(problems[0]).toContain(`${running.golden.accountId}/${HOME}: `);
    expect(problems[0]).toContain('and its announcement stands in the journal');
    expect(announced(running.seeded.images.unused[0] ?? '')).toBeUndefined();
  });

  it('who could not be told for certain are told again: nothing stands on their images', async () => {
    await acted();
    slack.fault = ({ method }) => (method === 'chat.postMessage' ? { notOk: 'fatal_error' } : undefined);
    const told = await tell();
    expect(told).toMatchObject({ announced: 0, messages: 0 });
    expect(told.untold).toBeGreaterThan(3);
    expect(told.problems.length).toBeGreaterThan(0);
    expect(announced(running.seeded.images.unused[0] ?? '')).toBeUndefined();
  });

  it('hear nothing of a dry run, and no image is tagged', async () => {
    await acted({ mode: 'dry-run' });
    expect(await tell()).toMatchObject({ announced: 0, messages: 0 });
    expect(slack.posted).toEqual([]);
    expect(running.sandbox.calls.writes().filter(({ service }) => service !== 's3')).toEqual([]);
  });
});

describe('owners whose telling is killed three times', () => {
  const media: readonly (readonly [string, () => Delivery | undefined])[] = [
    ['Slack', () => undefined],
    ['Slack, which shows no history', () => undefined],
    ['a webhook', () => webhookDelivery(slack.webhook, TIMING)],
  ];
  /** So many calls to AWS after the message is out the attempt dies; 0: at the message itself. */
  const kills = [0, 1, 2, 3, 5, 8];
  const cases = media.flatMap(([name, of]) => kills.map((kill) => [name, kill, of] as const));

  it.each(sweep(cases, 3))(
    'hear once by %s (killed %s calls after the message)',
    async (name, kill, of) => {
      await acted();
      const isHidden = name.includes('no history');
      let isDead = false;
      let calls = 0;
      let before = 0;
      running.intercept = () => {
        if (!isDead && slack.posted.length > before) calls += 1;
        if (kill > 0 && calls === kill) isDead = true;
        return isDead ? { kind: 'access-denied' } : undefined;
      };
      slack.fault = ({ method }) => {
        if (isDead) return 'drop-before';
        if (isHidden && method === 'conversations.history') return { notOk: 'missing_scope' };
        if (kill > 0 || !/postMessage|services/.test(method)) return undefined;
        isDead = true;
        return 'drop-after';
      };
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        [isDead, calls, before] = [false, 0, slack.posted.length];
        await tell(of()).catch(() => undefined);
        running.pass(21 * 60_000);
      }
      [isDead, calls, before] = [false, Number.NEGATIVE_INFINITY, slack.posted.length];
      slack.fault = ({ method }) =>
        isHidden && method === 'conversations.history' ? { notOk: 'missing_scope' } : undefined;
      const { problems, untold } = await tell(of());
      const texts = slack.posted.map(({ blocks }) => textsIn(blocks).join(' '));
      for (const id of running.seeded.images.unused)
        expect(
          texts.filter((text) => text.includes(id)),
          id,
        ).toHaveLength(1);
      // What nobody can tell of is said, and told by the next run; nothing goes before.
      if (untold > 0) expect(problems.join()).toMatch(/an earlier attempt/);
    },
    120_000,
  );
});

/** Of all calls of telling and summing up, every so many; `npm run test:organization` takes them all. */
const EVERY = Number(process.env.KILL_EVERY ?? (IS_SAMPLE ? 997 : 23));

it('telling and summing up that are killed at any call tell every owner and the platform once, or say that they may not have', {
  timeout: 3_600_000,
}, async () => {
  const ways = [() => undefined, () => webhookDelivery(slack.webhook, TIMING)];
  /** Both, killed at a call; gives how many calls there were. */
  const attempt = async (way: Delivery | undefined, kill: number, when: 'before' | 'after'): Promise<number> => {
    let calls = 0;
    running.intercept = () => {
      calls += 1;
      if (calls > kill || (calls === kill && when === 'before')) return { kind: 'access-denied' };
      return calls === kill ? { kind: 'garbage' } : undefined;
    };
    slack.fault = () => (calls >= kill ? 'drop-before' : undefined);
    await tell(way).catch(() => undefined);
    await sum(way).catch(() => undefined);
    return calls;
  };
  await acted();
  const all = await attempt(undefined, Number.POSITIVE_INFINITY, 'before');
  expect(all).toBeGreaterThan(30);
  const cases = Array.from({ length: all }, (_, index) => index + 1).flatMap((kill) =>
    ways.flatMap((way) => (['before', 'after'] as const).map((when) => ({ kill, way, when }))),
  );
  const broken: string[] = [];
  for (const { kill, way, when } of cases.filter((_, index) => index % EVERY === 5 % EVERY)) {
    await running.close();
    slack.posted.length = 0;
    slack.fault = () => undefined;
    await acted();
    await attempt(way(), kill, when);
    running.intercept = undefined;
    slack.fault = () => undefined;
    running.pass(21 * 60_000);
    const told = await tell(way());
    const { problems } = await sum(way());
    const texts = slack.posted.map(({ blocks }) => textsIn(blocks).join(' '));
    const times = (text: string) => texts.filter((one) => one.includes(text)).length;
    const isSaid = told.untold > 0 && /an earlier attempt/.test(told.problems.join());
    const where = `${when} call ${kill} of ${all}, ${way() === undefined ? 'Slack' : 'a webhook'}`;
    for (const id of running.seeded.images.unused)
      if (times(id) > 1 || (times(id) === 0 && !isSaid)) broken.push(`${where}: ${times(id)} messages of ${id}`);
    const ofRun = times(' targets in ') + times(' target in ');
    const isUnsure = /an earlier attempt/.test(problems.join());
    if (ofRun > 1 || (ofRun === 0 && !isUnsure))
      broken.push(`${where}: ${ofRun} messages of the run; ${problems.join()}`);
  }
  expect(broken).toEqual([]);
});

describe('the platform’s people', () => {
  it('hear once of the whole organization, and the summary is written for this run and as the newest', async () => {
    await acted({ regions: [HOME, AWAY] });
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
    await acted();
    await tell();
    await sum();
    await sum();
    expect(messages('C00PLATFORM')).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'hear once, though another summary is made %s it is written down that they hear',
    async (when) => {
      await acted();
      let others = 0;
      let other: Promise<unknown> = Promise.resolve();
      running.intercept = ({ operation, input }) => {
        if (operation !== 'PutObject' || !JSON.stringify(input).includes('summary.told.json') || others > 0)
          return undefined;
        others += 1;
        const another = () => {
          other = sum();
          return other.then(
            () => {},
            () => {},
          );
        };
        return when === 'before' ? { before: another } : { after: another };
      };
      const ends = [...(await Promise.allSettled([sum()])), ...(await Promise.allSettled([other]))];
      const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
      expect(refused).toEqual([
        expect.stringMatching(/^LockedError: another invocation of this run is telling the platform’s people/),
      ]);
      expect(messages('C00PLATFORM')).toHaveLength(1);
    },
  );

  it.each([
    ['its message was out', true],
    ['its message was out, where Slack shows no history', true],
    ['its message was out', false],
  ] as const)('hear once where an attempt was killed and %s (%s)', async (how, bySlack) => {
    await acted();
    const way = bySlack ? undefined : webhookDelivery(slack.webhook, TIMING);
    const isTold = ({ operation, input }: { operation: string; input: unknown }) =>
      operation === 'PutObject' && JSON.stringify(input).includes('summary.told.json') && slack.posted.length > 0;
    running.intercept = (call) => (isTold(call) ? { kind: 'access-denied' } : undefined);
    await sum(way);
    running.intercept = () => undefined;
    await expect(sum(way)).rejects.toThrow(/^another invocation of this run is telling the platform’s people/);
    running.pass(21 * 60_000);
    if (how.includes('no history'))
      slack.fault = ({ method }) => (method === 'conversations.history' ? { notOk: 'missing_scope' } : undefined);
    const { problems } = await sum(way);
    const isShown = bySlack && !how.includes('no history');
    expect(problems).toEqual(isShown ? [] : [expect.stringContaining('an earlier attempt told the platform’s people')]);
    expect(slack.posted).toHaveLength(1);
  });

  it('hear of targets that failed, and of owners that nobody could tell', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 1 });
    seeded.consumer(2).home.state.everywhere.roles.clear();
    running = await Running.start(seeded, { mode: 'enforce', policy: TELLING });
    await running.readAndJoin();
    await running.actEverywhere();
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
