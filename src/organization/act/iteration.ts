import type { Account } from '../../model/account.ts';
import { type ActionRef, actionKey, parseActionKey } from '../../model/action-ref.ts';
import { snapshotIdsOf } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Action, PassPlan, Plan } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { TAG } from '../../model/tags.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { parseRecording } from '../../recording/read.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT } from '../s3-keys.ts';
import type { RunLedger } from './ledger.ts';
import type { OpenTarget } from './open-target.ts';

/** What one round over a target gets from Lambda. */
export interface IterationRequest extends TargetContext {
  /** The join that it acts on: of which iteration of the organization, and what its index must hash to. */
  readonly joined: { readonly iteration: number; readonly sha256: string };
  /** No further iteration follows: what can't be done now is left to the next run. */
  readonly isLast: boolean;
  /** When acting must stop, so that there is time left to write down what was done. */
  readonly deadline: Date;
}

/** What one round works with, once its target is open. */
export interface Iteration extends IterationRequest {
  readonly open: OpenTarget;
  readonly ledger: RunLedger;
}

/** What an iteration read, and what is to be done by it. */
export interface Planned {
  readonly account: Account;
  readonly plan: Plan;
  /** When the plan was made. */
  readonly plannedAt: Date;
}

/**
 * The plan of a target's first iteration, from the recording that it left; nothing where there is none yet.
 * @throws Error where the recording can't be read: what an iteration may do is not known then
 */
export async function initialPlan({ store, target, run }: TargetContext): Promise<Plan | undefined> {
  const text = await store.readText(OBJECT.planned(target));
  if (text === undefined) return undefined;
  const parsed = parseRecording(text);
  if (!parsed.ok) throw new Error(`${store.keyOf(OBJECT.planned(target))} is no recording: ${parsed.problem}`);
  return makePlan(parsed.account, run.policy, run.at ?? parsed.account.observedAt);
}

/** What a run has done so far in a target, as planning needs it. */
export type Done = Pick<RunLedger, 'attempted' | 'settled' | 'outcomes'>;

/** One iteration takes at most so many actions of each pass: what it must read of them first takes minutes. */
const MOST_AN_ITERATION = 500;
/** Of what a run may do, so many times as much is tried where AWS refuses. */
const TRIES = 4;

/** The policy that an iteration plans by: an iteration's share of the limit, beside what ended badly and still stands in line. */
export function iterationPolicy(policy: Policy, done: Done): Policy {
  const stillInLine = done.outcomes().filter(({ status }) => status !== 'done').length;
  const perRun = Math.min(policy.limits.perRun, MOST_AN_ITERATION) + stillInLine;
  return { ...policy, limits: { ...policy.limits, perRun } };
}

/** Everything that a plan asks for, now or later, by `actionKey`. */
export function askedFor({ passes }: Plan): Set<string> {
  return new Set(passes.flatMap(({ actions, deferred }) => [...actions, ...deferred].map(actionKey)));
}

/**
 * An iteration's plan: what was not tried yet in this run, and no more of it than the run's limit leaves. What was refused
 * counts against nothing, up to a number of tries.
 * @param asked what the first iteration's plan asked for: what becomes due by a run's own doing is the next run's
 */
export function planIteration(plan: Plan, policy: Policy, done: Done, asked: ReadonlySet<string>): Plan {
  const settled = done.settled();
  const notDone = new Set(done.outcomes().flatMap((outcome) => (outcome.status === 'done' ? [] : actionKey(outcome))));
  const passes = plan.passes.map((pass): PassPlan => {
    const attempted = done.attempted(pass.pass);
    const { perRun } = policy.limits;
    const counted = [...attempted].filter((key) => !notDone.has(key)).length;
    let left = Math.min(perRun - counted, TRIES * perRun - attempted.size, MOST_AN_ITERATION);
    const actions = pass.actions.filter((action) => {
      const key = actionKey(action);
      if (settled.has(key) || !asked.has(key)) return false;
      // Begun by an iteration that was killed: it counts already.
      if (attempted.has(key)) return true;
      left -= 1;
      return left >= 0;
    });
    const now = new Set(actions);
    return { ...pass, actions, deferred: [...pass.actions, ...pass.deferred].filter((action) => !now.has(action)) };
  });
  return { ...plan, passes };
}

/** Whether there is anything to do in an iteration. */
export function hasWork({ passes }: Plan): boolean {
  return passes.some(({ actions }) => actions.length > 0);
}

/** The reason of an outcome that an iteration which was killed did not record. */
export const INTERRUPTED = 'the iteration that did it ended before it could say so';

/**
 * What became of an action of which only the beginning is written down, by the account as it is now.
 * @returns nothing where it is still called for: it is tried again
 */
export function endOfInterrupted(key: string, plan: Plan, account: Account, runId: string): Outcome | undefined {
  if (askedFor(plan).has(key)) return undefined;
  const ref = parseActionKey(key);
  if (ref === undefined) return undefined;
  if (hasHappened(ref, account, runId)) return { ...ref, status: 'done', reason: INTERRUPTED };
  const reason = 'the iteration that began it was interrupted; read again, it is not called for any more';
  return { ...ref, status: 'skipped', reason };
}

function hasHappened({ action, resourceId }: ActionRef<Action['action']>, account: Account, runId: string): boolean {
  const image = account.images.find(({ imageId }) => imageId === resourceId);
  const snapshot = account.snapshots.find(({ snapshotId }) => snapshotId === resourceId);
  switch (action) {
    case 'protect':
      return image?.tags[TAG.protectRun] === runId;
    case 'unprotect':
      return image !== undefined && image.tags[TAG.protectRun] === undefined;
    case 'deprecate':
      return image?.tags[TAG.run] === runId && image.tags[TAG.deprecatedAt] !== undefined;
    case 'reinstate':
      return image !== undefined && image.tags[TAG.deprecatedAt] === undefined;
    case 'disable':
      return image?.state === 'disabled';
    case 'archive': {
      const own = new Set(image && snapshotIdsOf(image));
      return account.snapshots.some(({ snapshotId, tags }) => own.has(snapshotId) && TAG.archivedAt in tags);
    }
    case 'deregister':
      return image === undefined;
    case 'mark-orphan':
      return snapshot?.tags[TAG.orphanedAt] !== undefined;
    case 'delete-snapshot':
      return snapshot === undefined;
  }
}
