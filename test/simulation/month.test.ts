import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeliveryState } from '../../src/publish/delivery-state.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { aPolicy } from '../builders/policy.ts';
import { seededRandom } from '../builders/random.ts';
import { enforce } from '../crash/run.ts';
import { recordOf, tellWithJournal } from '../notify/announce/telling-story.ts';
import { type PostedMessage, type SlackCall, type SlackFault, SlackServer } from '../notify/slack-server.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';

const BUCKET = 'ami-janitor-reports';
const DAY = 86_400_000;
/** What the notifying function has, of which a part is kept for the platform's people. */
const FUNCTION_MILLISECONDS = 300_000;
const RESERVE_MILLISECONDS = 90_000;
const DAYS = 32;
const POLICY = aPolicy(`
references: { sharedImages: evaluate }
rules:
  - name: all
    select: { name: "*" }
    keep: { youngerThan: 30d }
    deprecate: {}
    deregister: { after: 14d, notice: 10d }
limits: { perRun: 200, stopAbove: 100% }
undo: none
notify: { slack: { token: "ssm:/x", channel: "#platform" } }
owners: { fallback: "#fallback" }
`);

/** What is wrong with Slack on a day. */
type Weather = 'fair' | 'hangs' | 'revoked' | 'limited' | 'loses answers' | 'shows no history';
const WEATHER: Readonly<Record<number, Weather>> = {
  0: 'hangs',
  1: 'revoked',
  2: 'loses answers',
  3: 'limited',
  10: 'hangs',
  11: 'loses answers',
  12: 'limited',
  21: 'revoked',
  22: 'hangs',
  23: 'loses answers',
  26: 'shows no history',
};

let slack: SlackServer;
let story: StoryAccount;
let time: VirtualTime;
beforeEach(async () => {
  slack = await new SlackServer().start();
  story = new StoryAccount();
  time = new VirtualTime(NOW);
  slack.now = time.now;
  slack.onSilence = time.silence;
  story.state.buckets.set(BUCKET, new Map());
});
afterEach(() => slack.close());

function faultsOf(weather: Weather, seed: number): (call: SlackCall) => SlackFault | undefined {
  const random = seededRandom(seed);
  let posts = 0;
  return ({ method }) => {
    if (method === 'chat.postMessage') posts += 1;
    switch (weather) {
      case 'hangs':
        return posts > 3 ? (random() < 0.3 && method === 'chat.postMessage' ? 'slow-after' : 'hang') : undefined;
      case 'revoked':
        return { notOk: 'token_revoked' };
      case 'limited':
        return random() < 0.5 ? 'rate-limit' : undefined;
      case 'loses answers':
        return random() < 0.3 ? (random() < 0.5 ? 'drop-after' : 'error-after') : undefined;
      case 'shows no history':
        return method.startsWith('conversations.') ? { notOk: 'missing_scope' } : undefined;
      default:
        return undefined;
    }
  };
}

/** One morning, as the deployed function tells: with what it marks of its own telling. */
async function tell(acted: readonly Report[]): Promise<void> {
  const start = time.milliseconds;
  const end = new Date(start + FUNCTION_MILLISECONDS);
  const { clients } = connect(story.state, { now: time.now });
  const state = await DeliveryState.open(clients.s3, BUCKET, story.state.accountId, time.now);
  const unfinishedSince = await state.begin();
  const timing = time.timing(end, RESERVE_MILLISECONDS);
  const morning = { story, slack, policy: POLICY, now: time.now, timing, acted };
  const announced = await tellWithJournal({ ...morning, ...(unfinishedSince && { unfinishedSince }) });
  await state.end([], [], announced.isCertain);
  clients.destroy();
  expect(time.milliseconds, 'telling ends within its function’s time').toBeLessThanOrEqual(end.getTime());
}

async function act(): Promise<Report> {
  const connected = connect(story.state, { now: time.now });
  const report = await enforce(connected, { now: time.now, policy: POLICY, bucket: BUCKET });
  connected.clients.destroy();
  return report;
}

/** What messages told: `notice ami-… DEREGISTER_FROM DISABLE_FROM`, as it stands in their metadata. */
function toldIn({ metadata }: PostedMessage): string[] {
  const text = /"told":"([^"]*)"/.exec(JSON.stringify(metadata ?? {}))?.[1] ?? '';
  return text.split('\\n').filter((line) => line !== '');
}

it('a month over a Slack that hangs, revokes, archives, limits and loses answers: every owner is told once', {
  tags: ['long'],
  timeout: 240_000,
}, async () => {
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00FALLBACK', name: 'fallback' });
  const owners = Array.from({ length: 9 }, (_, number) => {
    slack.channels.push({ id: `C0000TEAM${number}`, name: `team-${number}` });
    return `#team-${number}`;
  });
  const ownerOf = new Map<string, string>();
  for (const [number, Owner] of owners.entries())
    for (const ageDays of [400, 28, 20, 9]) {
      const id = story.image(`image-${number}-${ageDays}`, { ageDays, tags: { Owner }, deprecatedDaysAgo: null });
      ownerOf.set(id, Owner);
    }
  let acted: Report[] = [];
  const gone = new Map<string, number>();
  for (let day = 0; day < DAYS; day += 1) {
    time.milliseconds = Math.max(time.milliseconds, NOW.getTime() + day * DAY);
    // One team gives up its channel.
    if (day === 11) slack.channels.splice(10, 1, { id: 'C0000TEAM8', name: 'team-8', archived: true });
    slack.fault = faultsOf(WEATHER[day] ?? 'fair', day + 1);
    await tell(acted);
    time.milliseconds += 3_600_000;
    acted = [await act()];
    for (const id of ownerOf.keys()) if (!story.state.images.has(id) && !gone.has(id)) gone.set(id, time.milliseconds);
  }

  const told = new Map<string, { channel: string; deregisterFrom: string }[]>();
  for (const message of slack.posted)
    for (const line of toldIn(message)) {
      const [kind, id = '', deregisterFrom = ''] = line.split(' ');
      if (kind === 'notice') told.set(id, [...(told.get(id) ?? []), { channel: message.channel, deregisterFrom }]);
    }
  for (const [id, owner] of ownerOf) {
    const messages = told.get(id) ?? [];
    expect(messages, `${id} of ${owner}`).toHaveLength(1);
    const [message] = messages;
    const isTeam8 = owner === '#team-8';
    const channels = [`C0000TEAM${owner.slice(-1)}`, ...(isTeam8 ? ['C00FALLBACK'] : [])];
    expect(channels).toContain(message?.channel);
    const goneAt = gone.get(id);
    if (goneAt !== undefined) expect(goneAt).toBeGreaterThanOrEqual(Date.parse(message?.deregisterFrom ?? ''));
    if (goneAt === undefined) expect((await recordOf(story, id, time.now)).announced?.deregisterFrom).toBeDefined();
  }
  expect(gone.size).toBeGreaterThan(9);
});
