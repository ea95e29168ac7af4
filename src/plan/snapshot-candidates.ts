import type { Account } from '../model/account.ts';
import type { SnapshotDecision } from '../model/decision.ts';
import type { Policy } from '../model/policy.ts';
import { type Candidate, candidate, removal } from './candidate.ts';
import { byTimeThenId } from './mappings.ts';
import { recyclableSnapshot, undoFindings } from './undo.ts';

/** The actions on snapshots without an image that the decisions ask for, oldest snapshot first. */
export function snapshotCandidates(
  account: Account,
  policy: Policy,
  snapshots: readonly SnapshotDecision[],
): Candidate[] {
  return snapshots
    .filter(({ nextStep }) => nextStep !== undefined)
    .sort((a, b) => byTimeThenId(a.snapshot?.startTime, a.snapshotId, b.snapshot?.startTime, b.snapshotId))
    .flatMap((decision) => candidateOf(decision, account, policy) ?? []);
}

function candidateOf(
  { snapshotId, snapshot, imageId, nextStep }: SnapshotDecision,
  account: Account,
  policy: Policy,
): Candidate | undefined {
  // What an image takes with it goes with the image's own action.
  if (nextStep === undefined || imageId === undefined) return undefined;
  const recycleBin = nextStep === 'delete-left-behind' || account.recycleBin.has(imageId) ? [] : [imageId];
  if (nextStep === 'mark-orphan')
    return candidate({ action: 'mark-orphan', snapshotId, imageId }, false, { recycleBin });
  const snapshotDetails = account.snapshotDetails.has(snapshotId) ? [] : [snapshotId];
  const undo = undoFindings([recyclableSnapshot(snapshotId, snapshot)], account, policy);
  return removal({ action: 'delete-snapshot', snapshotId, imageId }, { snapshotDetails, recycleBin }, undo);
}
