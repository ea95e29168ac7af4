import type { Account } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Image } from '../model/image.ts';
import type { Action, Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type AccountReader, evaluateWithDetails } from '../observe/account-reader.ts';
import type { Evaluation } from '../plan/evaluate.ts';
import { applyLimits } from '../plan/make-plan.ts';
import { missingDetailsForActions } from '../plan/missing-details.ts';

/** An account as it is now, and what a plan for now would do with some actions of an earlier plan. */
export interface Revalidation {
  readonly plan: Plan;
  /** The actions that a plan for now asks for too and that nothing more must be read for, by `actionKey`. */
  readonly called: ReadonlyMap<string, Action>;
  readonly images: ReadonlyMap<string, Image>;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** What was read; absent for a plan that is taken for a look. */
  readonly account?: Account;
}

/**
 * Looks at the account anew, and decides anew over some actions. The limits are not applied a second time: the
 * first plan chose within them, and what it chose is all that is asked about here.
 */
export async function revalidate(
  reader: AccountReader,
  policy: Policy,
  at: Date,
  actions: readonly Action[],
): Promise<Revalidation> {
  return revalidateFurther(reader, await reader.account(), policy, at, actions);
}

/** Reads what some actions need beside what an account was already read for, and decides over them by it. */
export async function revalidateFurther(
  reader: AccountReader,
  looked: Account,
  policy: Policy,
  at: Date,
  actions: readonly Action[],
): Promise<Revalidation> {
  const unlimited = { ...policy, limits: { perRun: Number.POSITIVE_INFINITY, stopAbovePercent: 100 } };
  const missingDetails = (evaluation: Evaluation) => missingDetailsForActions(evaluation, actions);
  const evaluation = await evaluateWithDetails(looked, { reader, policy: unlimited, at, missingDetails });
  return { ...revalidationOf(applyLimits(evaluation)), account: evaluation.account };
}

/** A plan just made, as a look of its own. */
export function revalidationOf(plan: Plan): Revalidation {
  const actions = plan.passes.flatMap((pass) => pass.actions);
  return {
    plan,
    called: new Map(actions.map((action) => [actionKey(action), action])),
    images: new Map(plan.decisions.map(({ image }) => [image.imageId, image])),
    snapshots: new Map(plan.snapshots.flatMap(({ snapshot }) => (snapshot ? [[snapshot.snapshotId, snapshot]] : []))),
  };
}

/** Why an action of the first plan is not called for any more, in words. */
export function whyNotCalled({ plan, images }: Revalidation, action: Action): string {
  const withheld = plan.passes.flatMap((pass) => pass.withheld ?? []).map((one) => actionKey(one.action));
  if (withheld.includes(actionKey(action)))
    return 'looked at again, no Recycle Bin rule covers all that would go with it';
  if ('snapshotId' in action) {
    const decision = plan.snapshots.find(({ snapshotId }) => snapshotId === action.snapshotId);
    if (decision === undefined) return 'it is gone';
    return `looked at again, it stays: ${decision.reasons.map(({ code }) => code).join(', ')}`;
  }
  if (!images.has(action.imageId)) return 'it is gone';
  const decision = plan.decisions.find(({ image }) => image.imageId === action.imageId);
  if (decision === undefined || decision.decision === action.action) {
    return 'looked at again, not all that must be known of it could be read';
  }
  const codes = decision.reasons.map(({ code }) => code).join(', ');
  const by = decision.references.map(({ kind, resource, detail, accountId }) =>
    [kind, resource, accountId && `in account ${accountId}`, detail].filter(Boolean).join(' '),
  );
  return `looked at again, it is to ${decision.decision}: ${codes}${by.length === 0 ? '' : ` (${by.slice(0, 3).join('; ')})`}`;
}
