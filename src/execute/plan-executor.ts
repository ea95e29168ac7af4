import { failureOf } from '../aws/errors.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Action, breaksLaunches, type PassName } from '../model/plan.ts';
import { unreadForAll } from '../model/reference.ts';
import { ACTIONS_A_CHUNK, type ExecuteContext, executeChunk, READ_TOO_LONG_AGO } from './chunk.ts';
import { whyTooOld } from './enforcement.ts';
import { failed, skipped } from './passes/pass.ts';
import { withRecycleBin } from './recycle-bin-check.ts';
import { actionsPerRevalidation, type Revalidation, revalidate, revalidationOf, validUntil } from './revalidate.ts';

/** Some actions of one pass that are executed together. */
interface Batch {
  readonly pass: PassName;
  /** They take the place of refused ones: what is left alone of them stays with later runs, as the plan says. */
  readonly isFurther: boolean;
  readonly outcomes: Outcome[];
  /** Keys of the actions that were left alone for lack of time, lock or knowledge. */
  readonly leftAlone: Set<string>;
}

interface Dated {
  readonly pass: PassName;
  readonly revalidation: Revalidation;
  readonly startedAt: Date;
  readonly until: Date;
}

/** Executes batch after batch of a plan, and collects how each action ended. */
export class PlanExecutor {
  readonly outcomes: Outcome[] = [];
  readonly #context: ExecuteContext;
  /** The plan serves what can be undone, while it is valid; all else is revalidated. */
  readonly #initial: Dated;
  #current: Dated | undefined;
  readonly #measured: { readMilliseconds: number; executed: number; executeMilliseconds: number };

  constructor(context: ExecuteContext) {
    const { plan, plannedAt } = context.request;
    this.#context = context;
    const until = validUntil(plan.observedAt, plannedAt);
    this.#initial = { pass: 'deprecate', revalidation: revalidationOf(plan), startedAt: plan.observedAt, until };
    // A reading takes about as long as the first one did: none is begun that could not end in time.
    const readMilliseconds = Math.max(0, plannedAt.getTime() - plan.observedAt.getTime());
    this.#measured = { readMilliseconds, executed: 0, executeMilliseconds: 0 };
  }

  /** How many actions one revalidation is to serve. */
  actionsPerBatch(): number {
    return actionsPerRevalidation(this.#measured);
  }

  /** How many of some actions were done. */
  done(actions: readonly Action[]): number {
    const ended = new Set(this.outcomes.flatMap((one) => (one.status === 'done' ? actionKey(one) : [])));
    return actions.filter((action) => ended.has(actionKey(action))).length;
  }

  /**
   * Revalidates and executes, as often as it takes for one batch.
   * @param isFurther true where an earlier batch's revalidation will do, with what it lacks of these read in addition
   * @returns the actions that were tried, or found not to be called for; the others were left alone
   */
  async batch(pass: PassName, actions: readonly Action[], isFurther = false): Promise<readonly Action[]> {
    const { request, stopReason, bin } = this.#context;
    const { ledger, clients } = request.options;
    const batch: Batch = { pass, isFurther, outcomes: [], leftAlone: new Set() };
    const ready = this.#withoutOld(batch, actions);
    if (ready.length > 0 && stopReason(this.#neededMilliseconds(pass, ready, isFurther)) === undefined)
      await ledger?.begin(pass, ready);
    let isTooSlow = false;
    for (let left = ready; left.length > 0; ) {
      const next = await this.#executeSome(batch, left, isFurther && left === ready);
      const isNothingDone = next.length === left.length;
      // Twice in a row the reading was too old once everything had been asked.
      if (isTooSlow && isNothingDone) for (const action of next) this.#leave(batch, action, READ_TOO_LONG_AGO);
      left = isTooSlow && isNothingDone ? [] : this.#withoutOld(batch, next);
      isTooSlow = isNothingDone;
    }
    const outcomes = await withRecycleBin(clients.ec2, batch.outcomes);
    this.outcomes.push(...outcomes);
    const isTried = (one: Parameters<typeof actionKey>[0]) => !batch.leftAlone.has(actionKey(one));
    const tried = actions.filter(isTried);
    await ledger?.end(tried, outcomes.filter(isTried), bin.missing);
    return tried;
  }

  /** @returns what is left for another revalidation */
  async #executeSome(batch: Batch, actions: readonly Action[], isFurther: boolean): Promise<readonly Action[]> {
    const { request, lock, stopReason } = this.#context;
    const needed = this.#neededMilliseconds(batch.pass, actions, isFurther);
    const stop = stopReason(needed) ?? (await lock.renew());
    const dated = stop ?? (await this.#revalidate(batch.pass, actions, isFurther));
    if (typeof dated === 'string') {
      const isStarved = stop !== undefined && stopReason(0) === undefined && this.#measured.executed === 0;
      for (const action of actions) this.#leave(batch, action, isStarved ? noTimeToRead(needed) : dated, isStarved);
      return [];
    }
    let left = this.#withoutUnread(batch, dated.revalidation, actions);
    const { length } = left;
    const { clock } = request.options;
    const started = clock();
    // One chunk at least, so that every revalidation gets the run on.
    for (let isFirst = true; left.length > 0 && (isFirst || clock() <= dated.until); isFirst = false) {
      const { revalidation, until } = dated;
      const old: Action[] = [];
      for await (const ended of executeChunk(this.#context, revalidation, until, left.slice(0, ACTIONS_A_CHUNK))) {
        if ('isOld' in ended) old.push(ended.action);
        else if ('leftAlone' in ended) this.#leave(batch, ended.action, ended.leftAlone);
        else for (const outcome of ended.outcomes) this.#record(batch, outcome);
      }
      left = [...old, ...left.slice(ACTIONS_A_CHUNK)];
    }
    this.#measured.executed += length - left.length;
    this.#measured.executeMilliseconds += clock().getTime() - started.getTime();
    return left;
  }

  /** How long the reading that a batch needs is going to take; 0 where one that was made will do. */
  #neededMilliseconds(pass: PassName, actions: readonly Action[], isFurther: boolean): number {
    return this.#valid(pass, actions, isFurther) === undefined ? this.#measured.readMilliseconds : 0;
  }

  #valid(pass: PassName, actions: readonly Action[], isFurther: boolean): Dated | undefined {
    const initial = actions.some(breaksLaunches) ? undefined : this.#initial;
    const known = isFurther ? this.#current : initial;
    const isOfPass = known?.pass === pass || (known === this.#initial && pass === 'protect');
    return known !== undefined && isOfPass && this.#context.request.options.clock() <= known.until ? known : undefined;
  }

  /** @returns why, where the account could not be read */
  async #revalidate(pass: PassName, actions: readonly Action[], isFurther: boolean): Promise<Dated | string> {
    const { request } = this.#context;
    const { clock } = request.options;
    const valid = this.#valid(pass, actions, isFurther);
    if (valid !== undefined && !isFurther) return valid;
    try {
      const startedAt = valid?.startedAt ?? clock();
      const account = valid?.revalidation.account ?? (await request.reader.account());
      const revalidation = await revalidate(request, account, startedAt, actions);
      const endedAt = clock();
      if (valid === undefined) this.#measured.readMilliseconds = endedAt.getTime() - startedAt.getTime();
      this.#current = { pass, revalidation, startedAt, until: valid?.until ?? validUntil(startedAt, endedAt) };
      return this.#current;
    } catch (error) {
      return `the account could not be read again: ${failureOf(error).sentence}`;
    }
  }

  /** Where what is known of other accounts has grown old, no look at this one makes up for it. */
  #withoutOld(batch: Batch, actions: readonly Action[]): readonly Action[] {
    return actions.filter((action) => {
      const why = whyTooOld(this.#context.request.options, action);
      if (why !== undefined) this.#leave(batch, action, why);
      return why === undefined;
    });
  }

  /** Where a source could not be read, nothing is taken away: what gives back or protects is all that may still be done. */
  #withoutUnread(batch: Batch, { plan }: Revalidation, actions: readonly Action[]): readonly Action[] {
    const unread = unreadForAll(plan.sources);
    if (unread.length === 0) return actions;
    const why = `read again, the account could not be read completely (${unread.join(', ')})`;
    const [harmless, others] = [actions.filter(isHarmless), actions.filter((action) => !isHarmless(action))];
    for (const action of others) this.#leave(batch, action, why);
    return harmless;
  }

  #leave(batch: Batch, action: Action, why: string, isFailure = false): void {
    batch.leftAlone.add(actionKey(action));
    if (!batch.isFurther) this.#record(batch, isFailure ? failed(action, why) : skipped(action, why));
  }

  #record(batch: Batch, ended: Outcome): void {
    const { others, onOutcome } = this.#context.request.options;
    const outcome = others === undefined ? ended : { ...ended, othersReadAt: others.readAt };
    batch.outcomes.push(outcome);
    onOutcome(outcome);
  }
}

function isHarmless({ action }: Action): boolean {
  return action === 'reinstate' || action === 'protect';
}

/** Why a run that could do nothing at all must fail: the next one would have no more time. */
function noTimeToRead(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return `reading this account takes about ${minutes} min, and this run has no time to read it again before it acts; act from the command line, which has no limit`;
}
