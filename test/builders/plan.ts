import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import type { Action, PassName, PassPlan } from '../../src/model/plan.ts';
import type { Policy } from '../../src/model/policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, aSnapshot } from './account.ts';
import { oneRule } from './policy.ts';

/** A rule with every step, and limits that stop nothing. */
export const RULE =
  'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, deregister: { after: 30d }, snapshots: delete';
export const WIDE = 'limits: { stopAbove: 100% }';

export const POLICY = oneRule(RULE, `${WIDE}\norphanSnapshots: { deleteAfter: 30d }`);

/** One pass of a plan. */
export function pass(name: PassName, account: Account, policy: Policy = POLICY): PassPlan {
  const found = makePlan(account, policy, AT).passes.find((one) => one.pass === name);
  if (!found) throw new Error(name);
  return found;
}

/** What actions are about. */
export const ids = (actions: readonly Action[]) =>
  actions.map((one) => ('snapshotId' in one ? one.snapshotId : one.imageId));

/** An account with these images, each with a snapshot of its own. */
export const images = (...list: Image[]) =>
  anAccount({ images: list, snapshots: list.map((_, index) => aSnapshot({ number: index + 1 })) });
