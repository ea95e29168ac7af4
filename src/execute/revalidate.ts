import type { Account } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Image, Snapshot } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action, Plan } from '../model/plan.ts';
import { evaluateWithDetails } from '../observe/account-reader.ts';
import type { Evaluation } from '../plan/evaluate.ts';
import { applyLimits } from '../plan/make-plan.ts';
import { missingDetailsForActions } from '../plan/missing-details.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { gone, skipped } from './passes/pass.ts';

/** An account as it is now, and what a plan for now would do with some actions of an earlier plan. */
export interface Revalidation {
  readonly plan: Plan;
  /** The actions that a plan for now asks for too and that nothing more must be read for, by `actionKey`. */
  readonly called: ReadonlyMap<string, Action>;
  readonly images: ReadonlyMap<string, Image>;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** What was read; absent for a plan that stands for its own revalidation. */
  readonly account?: Account;
}

/**
 * Reads what some actions need beside what an account was already read for, and decides over them anew. The limits are
 * not applied a second time: the plan chose within them, and what it chose is all that is asked about here.
 */
export async function revalidate(
  { reader, policy }: ExecuteRequest,
  read: Account,
  at: Date,
  actions: readonly Action[],
): Promise<Revalidation> {
  const unlimited = { ...policy, limits: { perRun: Number.POSITIVE_INFINITY, stopAbovePercent: 100 } };
  const missingDetails = (evaluation: Evaluation) => missingDetailsForActions(evaluation, actions);
  const evaluation = await evaluateWithDetails(read, { reader, policy: unlimited, at, missingDetails });
  return { ...revalidationOf(applyLimits(evaluation)), account: evaluation.account };
}

/** A plan just made, as a revalidation of its own. */
export function revalidationOf(plan: Plan): Revalidation {
  const actions = plan.passes.flatMap((pass) => pass.actions);
  return {
    plan,
    called: new Map(actions.map((action) => [actionKey(action), action])),
    images: new Map(plan.decisions.map(({ image }) => [image.imageId, image])),
    snapshots: new Map(plan.snapshots.flatMap(({ snapshot }) => (snapshot ? [[snapshot.snapshotId, snapshot]] : []))),
  };
}

/** How an action of the plan ends that is not called for any more: with its reason, or since what it is about is gone. */
export function notCalled({ plan, images }: Revalidation, action: Action): Outcome {
  const withheld = plan.passes.flatMap((pass) => pass.withheld ?? []).map((one) => actionKey(one.action));
  if (withheld.includes(actionKey(action)))
    return skipped(action, 'read again, no Recycle Bin rule covers all that would go with it');
  if ('snapshotId' in action) {
    const decision = plan.snapshots.find(({ snapshotId }) => snapshotId === action.snapshotId);
    return decision ? skipped(action, `read again, it stays: ${codesOf(decision)}`) : gone(action);
  }
  if (!images.has(action.imageId)) return gone(action);
  const decision = plan.decisions.find(({ image }) => image.imageId === action.imageId);
  if (decision === undefined || decision.decision === action.action)
    return skipped(action, 'read again, not all that must be known of it could be read');
  const by = decision.references.map(({ kind, resource, detail, accountId }) =>
    [kind, resource, accountId && `in account ${accountId}`, detail].filter(Boolean).join(' '),
  );
  const references = by.length === 0 ? '' : ` (${by.slice(0, 3).join('; ')})`;
  return skipped(action, `read again, it is to ${decision.decision}: ${codesOf(decision)}${references}`);
}

function codesOf({ reasons }: { readonly reasons: readonly { readonly code: string }[] }): string {
  return reasons.map(({ code }) => code).join(', ');
}

const MINUTE = 60_000;
/** What was read is valid for so long at least, from the moment before its first request. */
const VALID_MILLISECONDS = 5 * MINUTE;
/** However long a reading took, it is acted on for no longer than this after its end. */
const LONGEST_MILLISECONDS = 30 * MINUTE;
/** So many actions a revalidation at least; where it takes long, as many as take three times as long, while it is valid. */
const LEAST_ACTIONS = 50;
const MOST_ACTIONS = 1000;
const EXECUTING_PER_READING = 3;
/** Of the time for which a revalidation is valid, what a batch is planned to fill. */
const SHARE_TO_FILL = 0.8;

/**
 * Until when a reading is valid: five minutes from its beginning, or for as long after its end as it took itself,
 * thirty minutes at the most. In an account whose reading takes twelve minutes a run so acts for twelve, and reads
 * again; what changed meanwhile is the business of the check before each chunk.
 */
export function validUntil(startedAt: Date, endedAt: Date): Date {
  const took = endedAt.getTime() - startedAt.getTime();
  const until = endedAt.getTime() + Math.min(took, LONGEST_MILLISECONDS);
  return new Date(Math.max(startedAt.getTime() + VALID_MILLISECONDS, until));
}

/**
 * How many actions one revalidation is to serve: that of a large account takes a minute.
 * @param measured how long the latest reading took, and how long the actions so far took together
 */
export function actionsPerRevalidation(measured: {
  readonly readMilliseconds: number;
  readonly executed: number;
  readonly executeMilliseconds: number;
}): number {
  const { readMilliseconds, executed, executeMilliseconds } = measured;
  if (executed === 0 || executeMilliseconds === 0) return LEAST_ACTIONS;
  const valid = Math.max(VALID_MILLISECONDS, Math.min(readMilliseconds, LONGEST_MILLISECONDS));
  const worth = Math.min(EXECUTING_PER_READING * readMilliseconds, SHARE_TO_FILL * valid);
  const many = Math.floor(worth / (executeMilliseconds / executed));
  return Math.min(MOST_ACTIONS, Math.max(LEAST_ACTIONS, many));
}
