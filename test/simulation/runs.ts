import type { Call } from '../../sandbox/calls.ts';
import { DeliveryState } from '../../src/publish/delivery-state.ts';
import { auditRecords } from '../../src/report/audit.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { enforce } from '../crash/run.ts';
import { tellWithJournal } from '../notify/announce/telling-story.ts';
import type { SlackServer } from '../notify/slack-server.ts';
import type { Mailbox } from './mailbox.ts';
import { act } from './people.ts';
import type { Trouble } from './story.ts';
import { type Scene, timingOf, troubled, troubleSlack } from './troubled.ts';
import type { RunSeen, Witness } from './witness.ts';
import { DAY, type World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FUNCTION_MILLISECONDS = 900_000;
/** AWS's and a run's clock may differ by so much. */
const CLOCKS_MINUTES = 5;
const TRIES = 3;
const LOOKED_FOR = 7 * DAY - HOUR;

/** The deployed tool at work in a world: mornings on which owners are told, and nights on which it acts. */
export class Runs {
  readonly #world: World;
  readonly #scene: Scene;
  readonly #witness: Witness;
  readonly #mailbox: Mailbox;
  readonly #slack: SlackServer;
  /** What owners have not heard of yet. */
  #acted: Report[] = [];
  /** Nights on which nothing went wrong, and mornings after which nothing else changed. */
  readonly #undisturbed: number[] = [];
  /** Mornings that told somebody, and may not have written it down. */
  readonly #troubledMornings: number[] = [];
  #count = 0;

  constructor(world: World, witness: Witness, mailbox: Mailbox, slack: SlackServer) {
    this.#world = world;
    const { time } = world;
    this.#scene = {
      time,
      goOn: (at) => world.goOn(at),
      act: (does) => act(world, does),
      numberOf: (id) => world.numberOf(id),
      remember: () => world.remember(),
      asOf: (_, seconds) => world.asOf(seconds),
    };
    this.#witness = witness;
    this.#mailbox = mailbox;
    this.#slack = slack;
  }

  async morning(trouble: Trouble): Promise<void> {
    const { state, story, time, policy } = this.#world;
    if (policy.notify === undefined) return;
    const startedAt = time.milliseconds;
    const timing = timingOf(time, startedAt + FUNCTION_MILLISECONDS);
    const slack = this.#slack;
    const posts = slack.posted.length;
    const hasTold = () => slack.posted.length > posts;
    const { intercept, isDead } = troubled({ ...this.#scene, hasTold }, trouble);
    troubleSlack(slack, trouble, isDead);
    const { clients } = connect(state, { now: time.now, intercept }, TRIES);
    try {
      const delivery = await DeliveryState.open(clients.s3, BUCKET, state.accountId, time.now);
      const unfinishedSince = await delivery.begin();
      const told = { story, slack, policy, now: time.now, timing, acted: this.#acted, intercept };
      const announced = await tellWithJournal({ ...told, ...(unfinishedSince && { unfinishedSince }) });
      await delivery.end([], [], announced.isCertain);
      if (announced.untold === 0) this.#acted = [];
    } catch (error) {
      if (isQuiet(trouble)) this.#witness.found('undisturbed', `a morning fails: ${String(error)}`);
    } finally {
      clients.destroy();
    }
    if (!isQuiet(trouble) && hasTold()) this.#troubledMornings.push(startedAt);
    if (time.milliseconds > startedAt + FUNCTION_MILLISECONDS)
      this.#witness.found('time', 'telling takes longer than its function may');
    const mayRepeat = (id: string, since: number) => this.#mayRepeat(id, since);
    this.#mailbox.read(slack.posted.slice(posts), time.milliseconds, isDead(), mayRepeat);
  }

  async night(trouble: Trouble): Promise<void> {
    const startedAt = this.#world.time.milliseconds;
    const { promise: begins, resolve: begin } = Promise.withResolvers<void>();
    const first = this.#run(trouble, ({ number }) => number === trouble.twiceAt && begin()).finally(begin);
    const second = trouble.twiceAt === undefined ? undefined : begins.then(() => this.#run({}));
    const reports = [await first, await second].flatMap((report) => report ?? []);
    this.#acted.push(...reports.filter(({ outcomes }) => outcomes.length > 0));
    const [report] = reports;
    if (!isQuiet(trouble) || report === undefined) return;
    if (!report.complete) this.#witness.found('undisturbed', 'a night could not read everything');
    this.#undisturbed.push(startedAt);
    this.#world.seeHolds(startedAt, new Set(report.passes.flatMap(({ deferred }) => deferred.map(idOf))));
  }

  /** One run. @returns its report, unless it was killed or refused to act */
  async #run(trouble: Trouble, onCall: (call: Call) => void = () => {}): Promise<Report | undefined> {
    const { state, time, policy } = this.#world;
    this.#count += 1;
    const skew = (trouble.skewMinutes ?? 0) * MINUTE;
    const now = () => new Date(time.milliseconds + skew);
    const isOff =
      Math.abs(skew) > CLOCKS_MINUTES * MINUTE ? `its clock is ${trouble.skewMinutes} minutes off` : undefined;
    const stamp = time.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
    const seen: RunSeen = {
      runId: `${stamp}Z-${this.#count.toString(16).padStart(8, '0')}`,
      mayNotTake: undefined,
      mayNotWrite: isOff,
      faults: trouble.faults?.length ?? 0,
      did: new Set(),
      isOver: false,
    };
    const troubles = troubled(this.#scene, trouble, {
      before: (call) => this.#witness.before(call, seen),
      denied: (operation) => {
        seen.mayNotTake ??= `${operation} is denied`;
      },
    });
    const { isDead } = troubles;
    const intercept = (call: Call) => {
      onCall(call);
      return troubles.intercept(call);
    };
    const connected = connect(state, { now: time.now, intercept }, TRIES);
    const sleep = async (milliseconds: number) => this.#world.goOn(time.milliseconds + milliseconds);
    try {
      const report = await enforce(connected, { now, policy, bucket: BUCKET, runId: seen.runId, sleep });
      if (!isDead()) this.#checkAudit(seen, report);
      return isDead() ? undefined : report;
    } catch (error) {
      if (isQuiet(trouble) && !isLocked(error)) this.#witness.found('undisturbed', `a night fails: ${String(error)}`);
      return undefined;
    } finally {
      seen.isOver = true;
      connected.clients.destroy();
    }
  }

  #checkAudit({ did, runId }: RunSeen, report: Report): void {
    const startedBy = { kind: 'command-line', callerArn: 'arn:aws:iam::123456789012:user/simulation' } as const;
    const told = new Set(auditRecords(report, startedBy).map(({ action, resourceId }) => `${action} ${resourceId}`));
    for (const act of did) {
      const isReinstated = act.startsWith('deprecate ') && told.has(act.replace('deprecate', 'reinstate'));
      if (!told.has(act) && !isReinstated) this.#witness.found('audit', `${act} by ${runId} is not in its records`);
    }
  }

  /** Whether there was a reason to tell of an image again: people, another policy, or a night that did not do its work. */
  #mayRepeat(id: string, since: number): boolean {
    const life = this.#world.lifeOf(id);
    const { policySince } = this.#world;
    // A launch shows a day later, and the waits begin anew with it.
    const touchedAt = Math.max(life?.touchedAt ?? 0, (life?.launchedAt ?? 0) + DAY);
    if (life === undefined || touchedAt >= since || policySince >= since) return true;
    // What nobody wrote down is looked for so long, where no telling comes for a week.
    if (
      this.#world.time.milliseconds - since > LOOKED_FOR &&
      this.#troubledMornings.some((at) => at <= since && since <= at + HOUR)
    )
      return true;
    return (
      !this.#undisturbed.some((night) => night >= since && night <= since + 3 * HOUR) ||
      this.#mailbox.isWithdrawnSince(id, since)
    );
  }
}

function isQuiet(trouble: Trouble): boolean {
  return Object.keys(trouble).length === 0;
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.name === 'LockedError';
}

function idOf(action: object): string {
  return 'imageId' in action ? String(action.imageId) : '';
}
