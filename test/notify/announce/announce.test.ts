import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalReader } from '../../../src/journal/reader.ts';
import type { Mode } from '../../../src/model/run.ts';
import { type Announced, announce } from '../../../src/notify/announce.ts';
import type { Report } from '../../../src/report/report.ts';
import { connect } from '../../builders/in-process.ts';
import { imageIdsIn } from '../../builders/notices.ts';
import { aPolicy } from '../../builders/policy.ts';
import { readerOf } from '../../builders/reader.ts';
import { bearOut } from '../../builders/seeded-journal.ts';
import { enforce } from '../../crash/run.ts';
import { NOW, StoryAccount } from '../../scenarios/account.ts';
import { SlackServer, textsIn } from '../slack-server.ts';

const policyOf = (more = '') =>
  aPolicy(`
references: { sharedImages: evaluate }
rules:
  - name: all
    select: { name: "*" }
    keep: { youngerThan: 30d }
    deprecate: {}
    deregister: { after: 30d }
limits: { perRun: 100, stopAbove: 100% }
notify: { slack: { token: "ssm:/x", channel: "#platform" }${more} }
`);
const POLICY = policyOf();
const DAY = 86_400_000;
const BUCKET = 'ami-janitor-reports';

let slack: SlackServer;
let story: StoryAccount;
beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.people.push({ id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' });
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' });
  story = new StoryAccount();
});
afterEach(() => slack.close());

interface Telling {
  readonly days?: number;
  readonly mode?: Mode;
  readonly acted?: readonly Report[];
  readonly policy?: typeof POLICY;
}

async function tell({ days = 0, mode = 'enforce', acted = [], policy = POLICY }: Telling = {}): Promise<Announced> {
  const now = () => new Date(NOW.getTime() + days * DAY);
  const { clients } = connect(story.state, { now });
  bearOut(story.state.buckets, BUCKET, story.state);
  const journal = new JournalReader({ s3: clients.s3, bucket: BUCKET });
  const reader = readerOf(clients, policy, now, journal);
  const target = { region: clients.region, reader, ...(mode === 'enforce' && { ec2: clients.ec2 }) };
  const policySource = { source: 'test', sha256: '0'.repeat(64) };
  const request = { runId: `run-${days}`, mode, policy, policySource, at: now(), clock: now, targets: [target], acted };
  try {
    return await announce(request, slack.delivery(policy));
  } finally {
    clients.destroy();
  }
}

async function act(days: number): Promise<Report> {
  const now = () => new Date(NOW.getTime() + days * DAY);
  const connected = connect(story.state, { now });
  bearOut(story.state.buckets, BUCKET, story.state);
  const report = await enforce(connected, { now, policy: POLICY, bucket: BUCKET });
  connected.clients.destroy();
  return report;
}

const tagsOf = (id: string) =>
  Object.fromEntries((story.state.images.get(id)?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
const shownIn = (channel: string) =>
  slack.posted
    .filter((message) => message.channel === channel)
    .flatMap(({ blocks }) => textsIn(blocks).flatMap(imageIdsIn));
const ANN = 'DU00000ANN';
const owned = { tags: { Owner: 'ann@example.com' } };

describe('an image whose time has come', () => {
  it('is announced, stays for the time of notice, and goes after it; its owner hears of each once', async () => {
    const id = story.image('old', owned);
    await act(0);
    expect(await tell({ days: 0 })).toMatchObject({ announced: 1, untold: 0, messages: 1, problems: [] });
    expect(shownIn(ANN)).toEqual([id]);
    expect(JSON.stringify(slack.posted[0]?.blocks)).toMatch(/Once gone, they save up to \$\d/);
    expect(tagsOf(id)['ami-janitor:announced-at']).toBe(NOW.toISOString());

    await act(1);
    expect(await tell({ days: 1 })).toMatchObject({ announced: 0, messages: 0 });
    await act(5);
    expect(await tell({ days: 5 })).toMatchObject({ announced: 1, messages: 1 });
    expect(tagsOf(id)['ami-janitor:announced-at']).toBe(NOW.toISOString());
    await act(6.9);
    expect(await tell({ days: 6.9 })).toMatchObject({ announced: 0, messages: 0 });
    expect(story.state.images.has(id)).toBe(true);

    const last = await act(7);
    expect(story.state.images.has(id)).toBe(false);
    expect(await tell({ days: 7, acted: [last] })).toMatchObject({ announced: 0, messages: 1 });
    const gone = JSON.stringify(slack.posted.at(-2)?.blocks);
    expect(gone).toContain('It was deregistered.');
    expect(gone.includes('ami-janitor restore')).toBe(!gone.includes('not in the Recycle Bin'));
    expect(gone).not.toContain('ami-janitor:keep');
    expect(shownIn(ANN)).toEqual([id, id, id]);
  });

  it('is announced with the account’s alias, to its owner and to the platform’s people', async () => {
    story.state.everywhere.accountAlias = 'prod-images';
    story.image('old', owned);
    await tell();
    const named = `account ${story.state.accountId} (prod-images)`;
    expect(slack.posted).toHaveLength(2);
    for (const { blocks } of slack.posted) expect(JSON.stringify(blocks).replaceAll('`', '')).toContain(named);
  });

  it('comes with what its owner should replace, being in use with a critical finding', async () => {
    story.image('old', owned);
    const ScanResults = { HighestFindingSeverityLabel: 'critical' as const };
    const [used] = [
      story.image('used', { ...owned, with: { ScanResults } }),
      story.image('due', { with: { ScanResults } }),
    ];
    story.template('web', [used]);
    await act(0);
    await tell({ days: 0 });
    const texts = slack.posted.filter(({ channel }) => channel === ANN).flatMap(({ blocks }) => textsIn(blocks));
    const critical = texts.filter((text) => text.includes('critical findings'));
    expect(critical).toEqual([expect.stringContaining(`(${used}, eu-west-1): no fix known`)]);
    expect(critical[0]?.split('\n')).toHaveLength(2);
  });

  it('stays as long as its owner can’t be told', async () => {
    const id = story.image('old', owned);
    slack.fault = () => 'error-before';
    for (const days of [0, 10, 100]) {
      await act(days);
      expect(await tell({ days })).toMatchObject({ announced: 0, untold: 1, messages: 0 });
      expect(tagsOf(id)).not.toHaveProperty('ami-janitor:announced-at');
    }
    expect(story.state.images.has(id)).toBe(true);
  });

  it('is announced again where the message came through and the tag did not', async () => {
    const id = story.image('old', owned);
    await tell();
    const image = story.state.images.get(id);
    if (image) image.Tags = (image.Tags ?? []).filter(({ Key }) => Key !== 'ami-janitor:announced-at');
    expect(await tell({ days: 1 })).toMatchObject({ announced: 1 });
    expect(tagsOf(id)['ami-janitor:announced-at']).toBe(new Date(NOW.getTime() + DAY).toISOString());
  });
});

it('an image that the next run deprecates is announced once, before that', async () => {
  const id = story.image('new', { ...owned, deprecatedDaysAgo: null });
  await tell({ days: 0 });
  await act(0.1);
  await tell({ days: 0.2 });
  await tell({ days: 2 });
  expect(shownIn(ANN)).toEqual([id]);
  expect(tagsOf(id)).toHaveProperty('ami-janitor:deprecated-at');
});

it('one that came back loses its announcement, and its owner hears why', async () => {
  const id = story.image('old', owned);
  await tell();
  story.template('web', [id]);
  const report = await act(1);
  expect(tagsOf(id)).not.toHaveProperty('ami-janitor:announced-at');
  await tell({ days: 1, acted: [report] });
  expect(JSON.stringify(slack.posted.filter(({ channel }) => channel === ANN).at(-1)?.blocks)).toContain(
    'It stays, and got back what deprecating took.',
  );
});

it('where nothing is new, nobody hears anything, the platform’s people neither', async () => {
  story.image('young', { ageDays: 3, deprecatedDaysAgo: null });
  expect(await tell()).toMatchObject({ messages: 0, problems: [] });
  expect(slack.posted).toEqual([]);
});

describe('a dry run', () => {
  it('tells only the platform’s people, and starts no clock', async () => {
    const id = story.image('old', owned);
    expect(await tell({ mode: 'dry-run' })).toMatchObject({ announced: 0, messages: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00PLATFORM']);
    expect(tagsOf(id)).not.toHaveProperty('ami-janitor:announced-at');
  });
  it('tells owners too where the policy asks for it, and starts no clock either', async () => {
    const id = story.image('old', owned);
    await tell({ mode: 'dry-run', policy: policyOf(', tellOwnersOnDryRun: true') });
    expect(shownIn(ANN)).toEqual([id]);
    expect(JSON.stringify(slack.posted)).toContain('This is a dry run');
    expect(tagsOf(id)).not.toHaveProperty('ami-janitor:announced-at');
  });
});

it('what could not be read is told to the platform’s people, and no owner is told of anything', async () => {
  story.image('old', owned);
  const now = () => NOW;
  const { clients } = connect(story.state, {
    now,
    intercept: ({ operation }) => (operation === 'DescribeInstances' ? { kind: 'access-denied' } : {}),
  });
  const reader = readerOf(clients, POLICY, now);
  const told: string[] = [];
  const { problems, announced } = await announce(
    {
      runId: 'run',
      mode: 'enforce',
      policy: POLICY,
      policySource: { source: 'test', sha256: '' },
      at: NOW,
      clock: now,
      targets: [{ region: clients.region, reader, ec2: clients.ec2 }],
      acted: [],
    },
    {
      notifyOwners: async () => {
        throw new Error('nobody is to be told');
      },
      notifyPlatform: async ({ problems }) => void told.push(...problems),
      notifyFailure: async () => undefined,
    },
  );
  clients.destroy();
  expect(announced).toBe(0);
  expect(problems.join()).toContain('instances could not be read');
  expect(told.join()).toContain('instances could not be read');
});
