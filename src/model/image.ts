import type { ImageId, SnapshotId } from './ids.ts';

/** Tag keys and values, as AWS holds them: anyone's text. */
export type Tags = Readonly<Record<string, string>>;

/** One entry of an image's block device mapping; no `snapshotId` for instance store, `NoDevice` and blank volumes. */
export interface BlockDevice {
  readonly deviceName: string;
  readonly snapshotId?: SnapshotId;
  readonly volumeSizeGiB?: number;
}

/** Amazon Inspector's severities, in AWS's own words, the worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'] as const;

/** What Amazon Inspector last found in an image, as `DescribeImages` returns it. */
interface ScanResults {
  /** AWS's own word of the worst finding; absent: nothing was found. */
  readonly severity?: string;
  /** Since when there is a fix for a finding of that severity. */
  readonly fixAvailableSince?: Date;
}

/** An Amazon Machine Image of the account, as `DescribeImages` returns it. */
export interface Image {
  readonly imageId: ImageId;
  readonly name: string;
  readonly description: string;
  readonly ownerId: string;
  /** `self`, or who else AWS names (`amazon`, `aws-marketplace`, `aws-backup-vault`). */
  readonly ownerAlias?: string;
  /** AWS's own word: `available`, `disabled`, `pending`, `failed`, … */
  readonly state: string;
  readonly creationDate?: Date;
  /** May lie in the future, and every public image has one that nobody set. */
  readonly deprecationTime?: Date;
  /** The owner's view only, 24 hours late; its absence proves nothing. */
  readonly lastLaunchedTime?: Date;
  readonly architecture: string;
  readonly platform: string;
  readonly rootDeviceType: string;
  /** Absent in recordings of earlier versions. */
  readonly virtualizationType?: string;
  readonly isPublic: boolean;
  /** Free text; anything but `disabled` or absent is protection. */
  readonly deregistrationProtection?: string;
  readonly productCodes: readonly string[];
  readonly sourceImageId?: ImageId;
  readonly sourceImageRegion?: string;
  /** Absent: it was never scanned, as far as AWS tells. */
  readonly scan?: ScanResults;
  /** The keys (`ACCOUNT:NAME`) of the watermarks that it carries or inherited; absent: none. */
  readonly watermarks?: readonly string[];
  readonly tags: Tags;
  readonly blockDevices: readonly BlockDevice[];
}

/** The snapshots that an image maps, each once, in mapping order. */
export function snapshotIdsOf(image: Image): SnapshotId[] {
  return [...new Set(image.blockDevices.flatMap((device) => device.snapshotId ?? []))];
}

/** Which of some snapshots lie in the archive. */
export function archivedOf(snapshots: readonly Snapshot[]): ReadonlySet<SnapshotId> {
  return new Set(snapshots.filter(({ storageTier }) => storageTier === 'archive').map(({ snapshotId }) => snapshotId));
}

/** Whether all of an image's snapshots do, or it has none. */
export function liesInArchive(image: Image, archived: ReadonlySet<SnapshotId>): boolean {
  return snapshotIdsOf(image).every((snapshotId) => archived.has(snapshotId));
}

/** The image that another was copied from, where it lies in the same Region and among the account's images. */
export function localSource<T>(
  image: Image,
  target: { readonly region: string },
  byId: ReadonlyMap<ImageId, T>,
): T | undefined {
  if (image.sourceImageId === undefined) return undefined;
  if (image.sourceImageRegion !== undefined && image.sourceImageRegion !== target.region) return undefined;
  return byId.get(image.sourceImageId);
}

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
  /** What it was made from; absent for copies, and in recordings of earlier versions. */
  readonly volumeId?: string;
  readonly tags: Tags;
}
