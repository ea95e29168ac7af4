import type { Account } from '../model/account.ts';
import type { SnapshotDecision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
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
    .flatMap((decision) => candidatesOf(decision, account, policy).map((found) => ({ found, decision })))
    .sort(({ decision: a }, { decision: b }) =>
      byTimeThenId(a.snapshot?.startTime, a.snapshotId, b.snapshot?.startTime, b.snapshotId),
    )
    .map(({ found }) => found);
}

function candidatesOf(decision: SnapshotDecision, account: Account, policy: Policy): Candidate[] {
  const {
    snapshotId,
    snapshot,
    reasons: [reason],
  } = decision;
  const undo = () => undoFindings([recyclableSnapshot(snapshotId, snapshot)], account, policy);
  const snapshotDetails = account.snapshotDetails.has(snapshotId) ? [] : [snapshotId];
  switch (reason.code) {
    case 'orphan-unmarked': {
      const { imageId } = reason;
      return [
        candidate({ action: 'mark-orphan', snapshotId, imageId }, false, { recycleBin: binOf(imageId, account) }),
      ];
    }
    case 'orphan-past-grace': {
      const { imageId } = reason;
      const missing = { snapshotDetails, recycleBin: binOf(imageId, account) };
      return [removal({ action: 'delete-snapshot', snapshotId, imageId }, missing, undo())];
    }
    case 'left-behind':
      return [removal({ action: 'delete-snapshot', snapshotId, imageId: reason.imageId }, { snapshotDetails }, undo())];
    default:
      // What an image takes with it goes with the image's own action.
      return [];
  }
}

/** The image whose place in the Recycle Bin is still to be looked for, if it is. */
function binOf(imageId: ImageId, { recycleBin }: Account): ImageId[] {
  return recycleBin.has(imageId) ? [] : [imageId];
}
