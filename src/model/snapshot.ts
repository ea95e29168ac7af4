import type { SnapshotId } from './ids.ts';
import type { Tags } from './image.ts';

/** An EBS snapshot of the account, as `DescribeSnapshots` returns it. */
export interface Snapshot {
  readonly snapshotId: SnapshotId;
  readonly ownerId: string;
  /** AWS's own word: `completed`, `pending`, `error`, `recoverable`, `recovering`. */
  readonly state: string;
  readonly description: string;
  readonly startTime?: Date;
  readonly volumeSizeGiB: number;
  /** Every written block, not the incremental part; absent where AWS does not say. */
  readonly fullSizeBytes?: number;
  /** `standard` or `archive`. */
  readonly storageTier: string;
  /** A copy of another snapshot, which may have that one's description; absent for all others. */
  readonly isCopy?: true;
  readonly tags: Tags;
}
