import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { connect } from '../builders/in-process.ts';
import { aPolicy } from '../builders/policy.ts';
import { seededRandom } from '../builders/random.ts';
import { enforce } from '../crash/run.ts';
import { tellWithJournal } from '../notify/announce/telling-story.ts';
import { SlackServer, textsIn } from '../notify/slack-server.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';

const BUCKET = 'ami-janitor-reports';
const DAY = 86_400_000;
const DAYS = 50;
const TEAMS = 4;

let slack: SlackServer;
beforeEach(async () => {
  slack = await new SlackServer().start();
});
afterEach(() => slack.close());

function policyOf(random: () => number): Policy {
  const days = (most: number) => `${Math.floor(random() * most)}d`;
  const pick = <One>(...all: readonly One[]): One | undefined => all[Math.floor(random() * all.length)];
  const deregister = `deregister: { after: ${days(20)}, notice: ${1 + Math.floor(random() * 12)}d }, `;
  const disable = `disable: { after: ${days(8)} }, `;
  const steps = pick('', deregister, deregister, `${disable}${deregister}`, disable) ?? '';
  // Disabling comes before deregistering; a policy that says otherwise is none.
  const yaml = (what: string) => `
references: { sharedImages: evaluate }
rules: [{ name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {}, ${what}snapshots: delete }]
limits: { perRun: 200, stopAbove: 100% }
undo: none
notify: { slack: { token: "ssm:/x", channel: "#platform" }, remindBefore: ${days(5)} }
`;
  try {
    return aPolicy(yaml(steps));
  } catch {
    return aPolicy(yaml(deregister));
  }
}

describe('policies edited at random times, and owners that change', { tags: ['long'] }, () => {
  it.each([1, 2, 3, 4])(
    'remove nothing before the last date that its present owner was told (%i)',
    async (seed) => {
      const random = seededRandom(seed * 7919);
      const time = new VirtualTime(NOW);
      slack.now = time.now;
      slack.channels.push({ id: 'C00PLATFORM', name: 'platform' });
      for (let team = 0; team < TEAMS; team += 1) slack.channels.push({ id: `C0000TEAM${team}`, name: `team-${team}` });
      const story = new StoryAccount();
      story.state.buckets.set(BUCKET, new Map());
      const owners = new Map<string, number>();
      for (let number = 0; number < 12; number += 1) {
        const team = number % TEAMS;
        const tags = { Owner: `#team-${team}` };
        owners.set(story.image(`image-${number}`, { ageDays: 20 + number * 3, tags, deprecatedDaysAgo: null }), team);
      }
      let policy = policyOf(random);
      /** By image and team: what the last message to them promised, and whether it named the day. */
      const promised = new Map<string, { from: string; saysSo: boolean }>();
      let gone = 0;
      for (let day = 0; day < DAYS; day += 1) {
        time.milliseconds = NOW.getTime() + day * DAY;
        if (random() < 0.2) policy = policyOf(random);
        const before = slack.posted.length;
        const timing = time.timing(new Date(time.milliseconds + 900_000), 90_000);
        await tellWithJournal({ story, slack, policy, now: time.now, timing });
        for (const message of slack.posted.slice(before)) {
          const texts = textsIn(message.blocks);
          for (const line of JSON.stringify(message.metadata).match(/(?:notice|reminder) ami-[^\\"]+/g) ?? []) {
            const [kind, id = '', from = ''] = line.split(' ');
            const earlier = promised.get(`${id} ${message.channel}`)?.from ?? 'none';
            // A reminder tells again what was promised: it never brings the day nearer.
            if (kind === 'reminder' && earlier !== 'none')
              expect(Date.parse(from), `${id}: promised ${earlier}, reminded of ${from}`).toBeGreaterThanOrEqual(
                Date.parse(earlier),
              );
            const about = texts.find((text) => text.includes(id)) ?? '';
            const saysSo = from === 'none' ? !about.includes('deregistered on') : about.includes(from.slice(0, 10));
            promised.set(`${id} ${message.channel}`, { from, saysSo });
          }
        }
        for (const [id, team] of owners) {
          const image = story.state.images.get(id);
          if (image === undefined || random() > 0.03) continue;
          const next = (team + 1) % TEAMS;
          owners.set(id, next);
          image.Tags = (image.Tags ?? []).map((tag) =>
            tag.Key === 'Owner' ? { ...tag, Value: `#team-${next}` } : tag,
          );
        }
        time.milliseconds += 3_600_000;
        const connected = connect(story.state, { now: time.now });
        await enforce(connected, { now: time.now, policy, bucket: BUCKET });
        connected.clients.destroy();
        for (const [id, team] of [...owners]) {
          if (story.state.images.has(id)) continue;
          owners.delete(id);
          gone += 1;
          const told = promised.get(`${id} C0000TEAM${team}`);
          expect(told, `${id}: its owner #team-${team} was told`).toBeDefined();
          expect(told?.saysSo, `${id}: the message says what then happens`).toBe(true);
          expect(Date.parse(told?.from ?? ''), `${id}: promised until ${told?.from}`).toBeLessThanOrEqual(
            time.milliseconds,
          );
        }
      }
      expect(gone).toBeGreaterThan(0);
    },
    120_000,
  );
});
