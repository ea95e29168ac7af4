import { parse } from 'yaml';
import type { Clients } from '../../src/aws/clients.ts';
import { requireRunClock } from '../../src/handlers/organization/state.ts';
import { actOnTarget } from '../../src/organization/act/act-on-target.ts';
import { joinTargets } from '../../src/organization/join/join-targets.ts';
import { readRegionTarget } from '../../src/organization/read/read-target.ts';
import { type RunContext, type RunRecord, readRun, writePolicy } from '../../src/organization/run.ts';
import { OBJECT, type RegionTarget } from '../../src/organization/s3-keys.ts';
import { Store } from '../../src/organization/store.ts';
import { notifyAllOwners } from '../../src/organization/summary/notify-owners.ts';
import { publishSummary } from '../../src/organization/summary/publish-summary.ts';
import { BUCKET } from '../builders/journal.ts';
import { AWAY, HOME, MEMBER } from '../builders/organization.ts';
import type { SlackServer } from '../notify/slack-server.ts';
import type { OrganizationWorld } from './organization-world.ts';
import { textOf } from './policies.ts';
import { type Troubled, timingOf } from './troubled.ts';

const MINUTE = 60_000;
const FUNCTION_MILLISECONDS = 900_000;
/** As the state machine tries each of its states, two minutes after it failed. */
const TRIES = 3;
const MOST_ROUNDS = 30;

const { readRole, actRole, externalId, templateParameter } = MEMBER;
const MEMBERS = {
  ...{ homeRegion: HOME, readRole, actRole, externalId, templateParameter },
  clients: { maxAttempts: 2, pace: 'off' },
} as const;
const ABOUT = { ownAccountId: '111111111111', reportUrl: 'https://reports.example.com/summary.html' };
const QUIET = { info: () => {}, warn: () => {} };

/** One run, and where it is made. */
interface Given {
  readonly world: OrganizationWorld;
  readonly slack: SlackServer;
  readonly home: Clients;
  readonly runId: string;
  readonly skewMinutes: number;
  readonly troubles: Troubled;
}

/** One run, all states of it. @returns what failed for good */
export async function runOrganization({ world, slack, home, runId, skewMinutes, troubles }: Given): Promise<string[]> {
  const { time, policy, worlds, seeded } = world;
  const { isDead, revive } = troubles;
  const failed: string[] = [];
  const clock = () => new Date(time.milliseconds + skewMinutes * MINUTE);
  const store = new Store(home.s3, BUCKET, `organization/${runId}/`);
  /** One state; a killed one is tried again by another process. */
  const step = async <Answer>(name: string, work: () => Promise<Answer>): Promise<Answer | undefined> => {
    for (let left = TRIES; ; left -= 1) {
      try {
        const answer = await work();
        if (!isDead()) return answer;
        throw new Error('it was killed');
      } catch (error) {
        if (left === 1) failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        revive();
        if (left === 1) return undefined;
        world.goOn(time.milliseconds + 2 * MINUTE);
      }
    }
  };
  const rows = [seeded.golden, ...seeded.consumers].map(({ accountId }) => ({ accountId, regions: [HOME, AWAY] }));
  const accounts = rows.map(({ accountId }) => `"${accountId}"`).join(', ');
  const text = `version: 1\ntargets: { accounts: [${accounts}], regions: [${HOME}, ${AWAY}] }\n${textOf(policy)}`;
  const context = await step('targets', async (): Promise<RunContext> => {
    const written = { source: 's3://policy', sha256: '0'.repeat(64), file: parse(text) };
    const record: RunRecord = {
      ...{ runId, mode: 'enforce', startedAt: clock(), isLatest: true },
      startedBy: { kind: 'lambda', functionArn: 'arn:x:targets', invocationId: '1', logStream: 'today' },
      sha256: {
        policy: await writePolicy(store, written),
        targets: await store.writeJson(OBJECT.targets, rows),
      },
    };
    return { run: await readRun(store, record), store, home, members: MEMBERS, clock, logger: QUIET };
  });
  if (context === undefined) return failed;
  const { run } = context;
  const regions = [HOME, AWAY];
  const targets = worlds.map(({ state: { accountId, region } }): RegionTarget => ({ accountId, region }));
  const readAll = async (iteration: number) => {
    for (const target of targets)
      await step('read', () => readRegionTarget({ ...context, target, regions, iteration }));
    return step('join', () => joinTargets(store, run, 100, clock(), iteration));
  };
  let waiting: readonly RegionTarget[] = targets;
  for (let iteration = 1; waiting.length > 0; iteration += 1) {
    const joined = await readAll(iteration);
    if (joined === undefined) break;
    const left: RegionTarget[] = [];
    for (const target of waiting)
      for (let rounds = 1, status = 'more'; status === 'more'; rounds += 1) {
        const answer = await step('act', async () => {
          await requireRunClock(context);
          const deadline = new Date(clock().getTime() + FUNCTION_MILLISECONDS - 90_000);
          const { sha256 } = joined;
          return actOnTarget({
            ...context,
            target,
            joined: { iteration, sha256 },
            isLast: iteration === 3,
            deadline,
          });
        });
        status = answer?.status ?? 'failed';
        if (status === 'waiting') left.push(target);
        if (rounds === MOST_ROUNDS) throw new Error('there is always work left');
      }
    waiting = left;
  }
  const timing = timingOf(time, time.milliseconds + FUNCTION_MILLISECONDS);
  const way = () =>
    slack.delivery(policy, { hasButtons: false, timing, startedAt: run.startedAt, mayBeSecondTry: true });
  const isTold = policy.notify !== undefined;
  if (isTold)
    await step('notify', async () => {
      await requireRunClock(context);
      return notifyAllOwners({ ...context, delivery: way(), ...ABOUT });
    });
  await step('summary', () =>
    publishSummary({ run, store, s3: home.s3, delivery: isTold ? way() : undefined, clock, ...ABOUT }),
  );
  return failed;
}
