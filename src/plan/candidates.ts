import type { Account } from '../model/account.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { PassName } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Candidate } from './candidate.ts';
import { imageCandidates } from './image-candidates.ts';
import { isPostponed, refusalOf } from './refusals.ts';
import { snapshotCandidates } from './snapshot-candidates.ts';

/**
 * Every action that the decisions ask for, by pass. Each kind stands oldest first; what gives back comes before what
 * takes away, and what deletes before what only marks.
 */
export function candidatesByPass(
  account: Account,
  policy: Policy,
  decisions: readonly Decision[],
  snapshots: readonly SnapshotDecision[],
  at: Date,
): Readonly<Record<PassName, readonly Candidate[]>> {
  const images = Map.groupBy(imageCandidates(account, policy, decisions, snapshots, at), kindOf);
  const unmapped = Map.groupBy(snapshotCandidates(account, policy, snapshots), kindOf);
  const withRefusals = (list: readonly Candidate[] = []) => list.map((one) => withRefusal(one, account, at));
  return {
    deprecate: withRefusals([...(images.get('reinstate') ?? []), ...(images.get('deprecate') ?? [])]),
    disable: withRefusals(images.get('disable')),
    deregister: withRefusals(images.get('deregister')),
    'delete-snapshots': withRefusals([
      ...(unmapped.get('delete-snapshot') ?? []),
      ...(unmapped.get('mark-orphan') ?? []),
    ]),
  };
}

function withRefusal(candidate: Candidate, account: Account, at: Date): Candidate {
  const refused = refusalOf(account, candidate.action);
  return refused === undefined ? candidate : { ...candidate, refused, isPostponed: isPostponed(refused, at) };
}

function kindOf({ action }: Candidate): Candidate['action']['action'] {
  return action.action;
}
