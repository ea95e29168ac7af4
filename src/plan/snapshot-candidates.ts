import type { Account } from '../model/account.ts';
import type { SnapshotDecision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import { type Candidate, candidate } from './candidate.ts';
import { byTimeThenId } from './mappings.ts';

/** The actions on snapshots without an image that the decisions ask for, oldest snapshot first. */
export function snapshotCandidates(account: Account, snapshots: readonly SnapshotDecision[]): Candidate[] {
  return snapshots
    .flatMap((decision) => candidatesOf(decision, account).map((found) => ({ found, decision })))
    .sort(({ decision: a }, { decision: b }) =>
      byTimeThenId(a.snapshot?.startTime, a.snapshotId, b.snapshot?.startTime, b.snapshotId),
    )
    .map(({ found }) => found);
}

function candidatesOf({ snapshotId, reasons: [reason] }: SnapshotDecision, account: Account): Candidate[] {
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
      return [candidate({ action: 'delete-snapshot', snapshotId, imageId }, true, missing)];
    }
    case 'left-behind':
      return [candidate({ action: 'delete-snapshot', snapshotId, imageId: reason.imageId }, true, { snapshotDetails })];
    default:
      // What an image takes with it goes with the image's own action.
      return [];
  }
}

/** The image whose place in the Recycle Bin is still to be looked for, if it is. */
function binOf(imageId: ImageId, { recycleBin }: Account): ImageId[] {
  return recycleBin.has(imageId) ? [] : [imageId];
}
