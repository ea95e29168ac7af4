import { failureOf } from '../aws/errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action, PassName } from '../model/plan.ts';
import { unreadSourcesOf } from '../plan/make-plan.ts';
import { BinWatch } from './bin-watch.ts';
import { ACTIONS_A_CHUNK, executeChunk } from './chunks.ts';
import type { ExecuteOptions, ExecuteRequest } from './enforcement.ts';
import type { RunLock } from './lock.ts';
import { actionsALook, countsUntil } from './look-time.ts';
import { failed, skipped } from './outcomes.ts';
import { withRecycleBin } from './passes/recycle-bin.ts';
import { type Revalidation, revalidate, revalidateFurther, revalidationOf } from './revalidate.ts';
import { StopReasons } from './stop-reasons.ts';

/** A look, and until when it counts. */
interface TimedLook {
  readonly revalidation: Revalidation;
  readonly pass: PassName;
  readonly startedAt: Date;
  readonly until: Date;
}

/** Acts on batch after batch of a plan, and collects how each action ended. */
export class PlanExecutor {
  readonly outcomes: Outcome[] = [];
  readonly #request: ExecuteRequest;
  readonly #options: ExecuteOptions;
  readonly #writer: JournalWriter | undefined;
  readonly #stops: StopReasons;
  readonly #bin: BinWatch;
  #current: TimedLook | undefined;
  #measured = { lookMilliseconds: 0, acted: 0, actMilliseconds: 0 };
  /** Of the batch at hand: what was left alone for lack of time or lock, or since nothing could be looked at. */
  #untried: Action[] = [];
  #isFurther = false;

  constructor(request: ExecuteRequest, lock: RunLock, writer: JournalWriter | undefined) {
    this.#request = request;
    this.#options = request.options;
    this.#writer = writer;
    this.#bin = new BinWatch(request);
    this.#stops = new StopReasons(request, lock);
    // A look takes about as long as the first one did: none is begun that could not end in time.
    const { plan, plannedAt } = request;
    this.#measured.lookMilliseconds = Math.max(0, plannedAt.getTime() - plan.observedAt.getTime());
  }

  /** How many actions one look is to serve. */
  actionsALook(): number {
    return actionsALook(this.#measured);
  }

  /** How many of some actions were done. */
  done(actions: readonly Action[]): number {
    const ended = new Set(this.outcomes.flatMap((one) => (one.status === 'done' ? actionKey(one) : [])));
    return actions.filter((action) => ended.has(actionKey(action))).length;
  }

  /**
   * Looks anew and acts, as often as it takes for one batch.
   * @param isFurther true where an earlier batch's look will do, with what it did not tell of these read in addition
   * @returns the actions that were tried, or found not to be called for; the others were left alone
   */
  async batch(pass: PassName, actions: readonly Action[], isFurther = false): Promise<readonly Action[]> {
    const batchStart = this.outcomes.length;
    const { ledger } = this.#options;
    this.#untried = [];
    this.#isFurther = isFurther;
    if (this.#stops.reason(this.#lookNeeded(pass, isFurther)) === undefined) await ledger?.begin(pass, actions);
    for (let left = actions; left.length > 0; ) {
      const further = isFurther && left === actions;
      const needed = this.#lookNeeded(pass, further);
      const stop = this.#stops.reason(needed) ?? (await this.#stops.renewLock());
      const timed = stop ?? (await this.#lookFor(pass, left, further));
      if (typeof timed === 'string') {
        const isStarved = stop !== undefined && this.#stops.reason(0) === undefined && this.#measured.acted === 0;
        for (const action of left) this.#leave(action, isStarved ? noTimeToLook(needed) : timed, isStarved);
        break;
      }
      const allowed = this.#withoutUnread(timed.revalidation, left);
      left = allowed.length === 0 ? [] : await this.#actOn(timed, allowed);
    }
    const done = await withRecycleBin(this.#options.clients.ec2, this.outcomes.splice(batchStart));
    this.outcomes.push(...done);
    const untried = new Set(this.#untried.map(actionKey));
    const tried = actions.filter((action) => !untried.has(actionKey(action)));
    await ledger?.end(
      tried,
      done.filter((outcome) => !untried.has(actionKey(outcome))),
      this.#bin.missing,
    );
    return tried;
  }

  /** Acts while the look counts; what is left then needs another. */
  async #actOn({ revalidation, until }: TimedLook, actions: readonly Action[]): Promise<readonly Action[]> {
    const { clock } = this.#options;
    const started = clock();
    let left = actions;
    // One chunk at least, so that every look gets the run on.
    do {
      await executeChunk(this.#context(), revalidation, left.slice(0, ACTIONS_A_CHUNK));
      left = left.slice(ACTIONS_A_CHUNK);
    } while (left.length > 0 && clock() <= until);
    this.#measured.acted += actions.length - left.length;
    this.#measured.actMilliseconds += clock().getTime() - started.getTime();
    return left;
  }

  #context() {
    return {
      request: this.#request,
      writer: this.#writer,
      bin: this.#bin,
      stopReason: async () => this.#stops.reason(0) ?? (await this.#stops.keepLock()),
      record: (outcome: Outcome) => this.#record(outcome),
      leave: (action: Action, why: string) => this.#leave(action, why),
    };
  }

  /** How long the look that a batch needs is going to take; 0 where one that was made will do. */
  #lookNeeded(pass: PassName, isFurther: boolean): number {
    const now = this.#options.clock();
    if (isFurther && this.#current?.pass === pass && now <= this.#current.until) return 0;
    return pass === 'deprecate' && !isFurther && now <= this.#firstUntil() ? 0 : this.#measured.lookMilliseconds;
  }

  #firstUntil(): Date {
    return countsUntil(this.#request.plan.observedAt, this.#request.plannedAt);
  }

  /** The first plan serves what can be undone while it counts; all else is looked at anew. */
  async #lookFor(pass: PassName, actions: readonly Action[], isFurther: boolean): Promise<TimedLook | string> {
    const { plan, policy, reader: look } = this.#request;
    const { clock } = this.#options;
    const startedAt = clock();
    const until = this.#firstUntil();
    if (pass === 'deprecate' && !isFurther && startedAt <= until)
      return { revalidation: revalidationOf(plan), pass, startedAt: plan.observedAt, until };
    const earlier = isFurther && this.#current?.pass === pass && startedAt <= this.#current.until && this.#current;
    try {
      if (earlier && earlier.revalidation.account !== undefined) {
        const { account } = earlier.revalidation;
        this.#current = {
          ...earlier,
          revalidation: await revalidateFurther(look, account, policy, earlier.startedAt, actions),
        };
      } else {
        const fresh = await revalidate(look, policy, startedAt, actions);
        this.#measured.lookMilliseconds = clock().getTime() - startedAt.getTime();
        this.#current = { revalidation: fresh, pass, startedAt, until: countsUntil(startedAt, clock()) };
      }
      return this.#current;
    } catch (error) {
      return `the account could not be looked at again: ${failureOf(error).sentence}`;
    }
  }

  /** Where a source could not be read, nothing is taken away: what gives back is all that may still be done. */
  #withoutUnread({ plan }: Revalidation, actions: readonly Action[]): readonly Action[] {
    const unread = unreadSourcesOf(plan);
    if (unread.length === 0) return actions;
    const why = `looked at again, the account could not be read completely (${unread.join(', ')})`;
    for (const action of actions) if (action.action !== 'reinstate') this.#leave(action, why);
    return actions.filter(({ action }) => action === 'reinstate');
  }

  #leave(action: Action, why: string, isFailure = false): void {
    this.#untried.push(action);
    // What was to take another's place is still left to later runs, as the plan says.
    if (!this.#isFurther) this.#record(isFailure ? failed(action, why) : skipped(action, why));
  }

  #record(outcome: Outcome): void {
    this.outcomes.push(outcome);
    this.#options.onOutcome(outcome);
  }
}

/** Why a run that could do nothing at all must fail: the next one would have no more time. */
function noTimeToLook(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return `a look at this account takes about ${minutes} min, and this run has not the time for another before it acts; act from the command line, which has no limit`;
}
