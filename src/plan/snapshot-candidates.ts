import type { Account } from '../model/account.ts';
import type { SnapshotDecision } from '../model/decision.ts';
import { type Candidate, candidate } from './candidate.ts';
import { byTimeThenId } from './mappings.ts';

/** The actions on snapshots without an image that the decisions ask for, oldest snapshot first. */
export function snapshotCandidates(account: Account, snapshots: readonly SnapshotDecision[]): Candidate[] {
  return snapshots
    .flatMap((decision) => {
      const found = candidateOf(decision, account);
      return found ? [{ found, decision }] : [];
    })
    .sort(({ decision: a }, { decision: b }) =>
      byTimeThenId(a.snapshot?.startTime, a.snapshotId, b.snapshot?.startTime, b.snapshotId),
    )
    .map(({ found }) => found);
}

function candidateOf({ snapshotId, imageId, reasons }: SnapshotDecision, account: Account): Candidate | undefined {
  if (imageId === undefined) return undefined;
  const recycleBin = account.recycleBin.has(imageId) ? [] : [imageId];
  const snapshotDetails = account.snapshotDetails.has(snapshotId) ? [] : [snapshotId];
  switch (reasons[0].code) {
    case 'orphan-unmarked':
      return candidate({ action: 'mark-orphan', snapshotId, imageId }, false, { recycleBin });
    case 'orphan-past-grace':
      return candidate({ action: 'delete-snapshot', snapshotId, imageId }, true, { snapshotDetails, recycleBin });
    case 'left-behind':
      return candidate({ action: 'delete-snapshot', snapshotId, imageId }, true, { snapshotDetails });
    default:
      // What an image takes with it goes with the image's own action.
      return undefined;
  }
}
