import type { DlmPolicies, ImageBuilderLeftovers, ImageBuilderPolicies } from './aws-lifecycles.ts';
import type { ClockReading } from './clock.ts';
import type { ImageId, SnapshotId } from './ids.ts';
import type { Image, Snapshot } from './image.ts';
import type { JournalReading } from './journal.ts';
import type { Reading, References, SourceReading, Unreadable } from './reference.ts';

/** What a run reads: one account in one Region. */
export interface Target {
  readonly accountId: string;
  readonly region: string;
  /** What people call the account, where that is known; for them alone. */
  readonly accountAlias?: string;
}

/** With whom an image is shared, or why that could not be read. */
export type Sharing = Reading<{
  readonly accounts: readonly string[];
  readonly organizations: readonly string[];
  readonly isPublic: boolean;
}>;

/** What only further calls say of a snapshot that could be deleted, or why they could not. */
export type SnapshotDetails = Reading<{
  /** Locked against deletion (`DescribeLockedSnapshots`, any state but `expired`). */
  readonly locked: boolean;
  /** Accounts or `all` that may create volumes from it. */
  readonly sharedWith: readonly string[];
  /** Availability Zones in which fast snapshot restore is on. */
  readonly fastRestoreZones: readonly string[];
}>;

/** The last time that EC2 moved a snapshot between its storage tiers, or why that could not be read. */
export type TieringReading = Reading<{
  /** AWS's own word: `archival-in-progress`, `permanent-restore-completed`, …; absent: never. */
  readonly operation?: string;
  readonly startedAt?: Date;
}>;

/** Whether an image lies in the Recycle Bin, or why that could not be read. */
export type RecycleBinReading = Reading<{ readonly inBin: boolean }>;

/** An image that another was copied or made from, and its Region. */
export interface Ancestor {
  readonly imageId: ImageId;
  readonly region: string;
}

/** What an image was copied or made from, the nearest first, or why that could not be read. */
export type AncestryReading =
  | { readonly status: 'read'; readonly ancestors: readonly Ancestor[] }
  | { readonly status: 'unreadable'; readonly error: string };

/** Images that something names and that the account can't see, or why they could not be looked up. */
export type MissingImages = Reading<{
  /** Whether each lies in the Recycle Bin; undefined where the bin could not be read. */
  readonly images: ReadonlyMap<ImageId, { readonly inRecycleBin: boolean | undefined }>;
}>;

/** What the Recycle Bin may hold of what this tool removes. */
export const RECYCLABLE = ['image', 'snapshot'] as const;
export type RecyclableKind = (typeof RECYCLABLE)[number];

/** A tag that a rule names; without a value its meaning is not documented. */
export interface RuleTag {
  readonly key: string;
  readonly value?: string;
}

/** A retention rule of the Recycle Bin, as `rbin:GetRule` returns it. */
export interface RetentionRule {
  readonly identifier: string;
  readonly kind: RecyclableKind;
  readonly retentionDays: number;
  /** `available` where the rule works; AWS takes up to half an hour for an account's first one (`pending`). */
  readonly status: string;
  /** Any one of them is enough; none: everything of its kind in the Region. */
  readonly tags: readonly RuleTag[];
  /** Of a rule without tags: what carries any of them is left out. */
  readonly excludeTags: readonly RuleTag[];
}

/** The rules for one kind, or why they could not be read. */
export type RetentionRulesReading = Reading<{ readonly rules: readonly RetentionRule[] }>;

/** The kinds of which a run removes no more, and why: what it removed first does not lie in the Recycle Bin. */
export type MissingFromBin = ReadonlyMap<RecyclableKind, string>;

/** How many images may be public in the Region, and whether making further ones public is blocked. */
export type PublicImages = Reading<{ readonly quota: number; readonly isBlocked: boolean }>;

/** How often an account uses an image, as an AMI usage report counts it. */
export interface AccountUse {
  readonly accountId: string;
  /** AWS's own words: `ec2:Instance`, `ec2:LaunchTemplate`. */
  readonly resourceType: string;
  readonly count: number;
}

/** What AWS's own report on the use of an image in other accounts says, or why there is none to go by. */
export type UsageReading =
  | {
      readonly status: 'available';
      readonly reportId: string;
      /** When the report was asked for; it tells of a time before that. */
      readonly createdAt: Date;
      readonly entries: readonly AccountUse[];
    }
  | { readonly status: 'pending'; readonly createdAt: Date }
  | { readonly status: 'none' }
  | Unreadable;

/** One of the criteria for other accounts' images; any one of them that matches allows an image. */
export interface AllowedImagesCriterion {
  /** Account ids, or AWS's words: `amazon`, `aws-marketplace`, `none`, …; absent: whoever owns it. */
  readonly providers?: readonly string[];
  /** An image that was deprecated for longer does not match; 0: none that is deprecated. */
  readonly daysSinceDeprecated?: number;
  /** It asks for something else too: a name, an age, a watermark, … */
  readonly asksMore?: true;
}

/** What an account's Allowed AMIs settings ask for in a Region, or why they could not be read; no criteria where none apply. */
export type AllowedImages = Reading<{ readonly criteria: readonly AllowedImagesCriterion[] }>;

/** What a run over several accounts knows of the others; references found there stand among the account's own. */
export interface CrossAccountUsage {
  /** Accounts that were read completely: what they use is known. */
  readonly read: ReadonlySet<string>;
  /** Accounts that were to be read and were not, or not completely, and why. */
  readonly unread: ReadonlyMap<string, string>;
  /** Read only for images that are otherwise due and shared beyond those accounts; absent: not asked about. */
  readonly usage: ReadonlyMap<ImageId, UsageReading>;
  /** The unread accounts that used an image, or a copy of it, when they were last read, and why they are unread. */
  readonly lastUsedBy?: ReadonlyMap<ImageId, ReadonlyMap<string, string>>;
  /** The unread accounts of which no earlier reading is left: nobody knows what they use. */
  readonly neverRead?: ReadonlySet<string>;
  /** Since when an image is shared as it is, as far as runs have seen. */
  readonly sharedSince?: ReadonlyMap<ImageId, Date>;
  /** By account, what it allows of others' images in this Region; an account that is absent is unknown. */
  readonly allowedImages?: ReadonlyMap<string, AllowedImages>;
}

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
  /** Read only for snapshots that would be archived; absent: not asked about. */
  readonly tierings: ReadonlyMap<SnapshotId, TieringReading>;
  /** Read only for images that orphaned snapshots name; absent: not asked about. */
  readonly recycleBin: ReadonlyMap<ImageId, RecycleBinReading>;
  /**
   * Of images that are not among the account's own and that some of those were made from; read only where a rule keeps
   * ancestors, and absent where not asked about.
   */
  readonly ancestry: ReadonlyMap<ImageId, AncestryReading>;
  /**
   * What AWS's usage reports say of public images that a rule would deregister, in whatever account; absent: not asked
   * about.
   */
  readonly publicUsage?: ReadonlyMap<ImageId, UsageReading>;
  /** It only informs; read only where a rule is for public images. */
  readonly publicImages?: PublicImages;
  /** It only informs; absent where none acts on images here, or Image Builder was not asked. */
  readonly imageBuilderPolicies?: ImageBuilderPolicies;
  /** It only informs; absent where there is none, or Image Builder was not asked. */
  readonly imageBuilderLeftovers?: ImageBuilderLeftovers;
  /** It only informs; absent where Data Lifecycle Manager made nothing here. */
  readonly dlmPolicies?: DlmPolicies;
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
