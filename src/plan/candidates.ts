import type { Account } from '../model/account.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { PassName } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Candidate } from './candidate.ts';
import { imageCandidates } from './image-candidates.ts';
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
  const unmapped = Map.groupBy(snapshotCandidates(account, snapshots), kindOf);
  return {
    deprecate: [...(images.get('reinstate') ?? []), ...(images.get('deprecate') ?? [])],
    disable: images.get('disable') ?? [],
    deregister: images.get('deregister') ?? [],
    'delete-snapshots': [...(unmapped.get('delete-snapshot') ?? []), ...(unmapped.get('mark-orphan') ?? [])],
  };
}

function kindOf({ action }: Candidate): Candidate['action']['action'] {
  return action.action;
}
