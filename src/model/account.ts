import type { ClockReading } from './clock.ts';
import type { CrossAccountUsage } from './cross-account-usage.ts';
import type { ImageId, SnapshotId } from './ids.ts';
import type { Image, Snapshot } from './image.ts';
import type { JournalReading } from './journal.ts';
import type { References, SourceReading } from './reference.ts';
import type { RecyclableKind, RetentionRulesReading } from './retention-rule.ts';

/** What a run reads: one account in one Region. */
export interface Target {
  readonly accountId: string;
  readonly region: string;
}

/** With whom an image is shared, or why that could not be read. */
export type Sharing =
  | {
      readonly status: 'read';
      readonly accounts: readonly string[];
      readonly organizations: readonly string[];
      readonly isPublic: boolean;
    }
  | { readonly status: 'unreadable'; readonly error: string };

/** What only further calls say of a snapshot that could be deleted, or why they could not. */
export type SnapshotDetails =
  | {
      readonly status: 'read';
      /** Locked against deletion (`DescribeLockedSnapshots`, any state but `expired`). */
      readonly locked: boolean;
      /** Accounts or `all` that may create volumes from it. */
      readonly sharedWith: readonly string[];
      /** Availability Zones in which fast snapshot restore is on. */
      readonly fastRestoreZones: readonly string[];
    }
  | { readonly status: 'unreadable'; readonly error: string };

/** Whether an image lies in the Recycle Bin, or why that could not be read. */
export type RecycleBinReading =
  | { readonly status: 'read'; readonly inBin: boolean }
  | { readonly status: 'unreadable'; readonly error: string };

/** Images that something names and that the account can't see, or why they could not be looked up. */
export type MissingImages =
  | {
      readonly status: 'read';
      /** Whether each lies in the Recycle Bin; undefined where the bin could not be read. */
      readonly images: ReadonlyMap<ImageId, { readonly inRecycleBin: boolean | undefined }>;
    }
  | { readonly status: 'unreadable'; readonly error: string };

/** An account as it was observed: all that a decision needs, and nothing else. */
export interface Account {
  readonly target: Target;
  readonly observedAt: Date;
  readonly images: readonly Image[];
  readonly snapshots: readonly Snapshot[];
  readonly references: References;
  /** How the inventory itself was read: `images`, `snapshots`. */
  readonly inventory: readonly SourceReading[];
  /** Read only for images that are otherwise due; an image that is absent here was not asked about. */
  readonly sharing: ReadonlyMap<ImageId, Sharing>;
  /** Read only for snapshots that would be deleted; absent: not asked about. */
  readonly snapshotDetails: ReadonlyMap<SnapshotId, SnapshotDetails>;
  /** Read only for images that orphaned snapshots name; absent: not asked about. */
  readonly recycleBin: ReadonlyMap<ImageId, RecycleBinReading>;
  /** It only informs, and holds nothing back; absent: not read. */
  readonly missingImages?: MissingImages;
  /** What this tool wrote down of its own acts; tags are claims that anyone can make. */
  readonly journal: JournalReading;
  /** How the clock compares with AWS's; absent in a recording, which nothing is enforced by. */
  readonly clock?: ClockReading;
  /** The Recycle Bin's rules; read only where something would be removed, and absent where not asked about. */
  readonly retentionRules: ReadonlyMap<RecyclableKind, RetentionRulesReading>;
  /** What is known of other accounts; absent where one account alone was read. */
  readonly crossAccountUsage?: CrossAccountUsage;
}
