import type { Account } from '../model/account.ts';
import type { Action } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { decideImages } from '../policy/decision/decide-images.ts';
import { candidatesByPass } from './candidates.ts';
import type { MissingDetails } from './missing-details.ts';
import { decideSnapshots } from './snapshots.ts';

/** An action's kind and what it is about: two plans that hold the same want the same done. */
export function actionKey(action: Action): string {
  return `${action.action} ${'snapshotId' in action ? action.snapshotId : action.imageId}`;
}

/** What must still be read of an account to tell whether these actions are still called for. */
export function missingDetailsForActions(
  account: Account,
  policy: Policy,
  at: Date,
  actions: readonly Action[],
): MissingDetails {
  const asked = new Set(actions.map(actionKey));
  const decisions = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decisions, policy, at);
  const missing = Object.values(candidatesByPass(account, policy, decisions, snapshots, at))
    .flat()
    .filter(({ action }) => asked.has(actionKey(action)))
    .map((candidate) => candidate.missing);
  return {
    sharing: [...new Set(missing.flatMap(({ sharing }) => sharing))],
    usage: [...new Set(missing.flatMap(({ usage }) => usage))],
    snapshotDetails: [...new Set(missing.flatMap(({ snapshotDetails }) => snapshotDetails))],
    recycleBin: [...new Set(missing.flatMap(({ recycleBin }) => recycleBin))],
    retentionRules: [...new Set(missing.flatMap(({ retentionRules }) => retentionRules))],
  };
}
