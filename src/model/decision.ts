import type { AccountUse, UsageReading } from './cross-account-usage.ts';
import type { ImageId, SnapshotId } from './ids.ts';
import type { Image } from './image.ts';
import type { Reference } from './reference.ts';
import type { Snapshot } from './snapshot.ts';

/** Who else manages an image or a snapshot. */
export type Manager = 'aws-backup' | 'data-lifecycle-manager' | 'marketplace';

/**
 * Why an image stays, with the facts. Codes are stable: users script against them.
 * Sentences live in `report/`.
 */
export type KeepReason =
  | { readonly code: 'no-rule' }
  | { readonly code: 'no-action-in-rule' }
  | { readonly code: 'protected-tag'; readonly key: string; readonly value: string; readonly pattern: string }
  | { readonly code: 'protected-image' }
  | { readonly code: 'keep-tag'; readonly until?: Date }
  | { readonly code: 'keep-tag-unreadable'; readonly value: string }
  | { readonly code: 'managed'; readonly by: Manager }
  | { readonly code: 'deregistration-protection'; readonly value: string }
  | { readonly code: 'public' }
  | { readonly code: 'not-own'; readonly owner: string }
  | { readonly code: 'state'; readonly state: string }
  | { readonly code: 'referenced'; readonly references: number }
  | { readonly code: 'source-unreadable'; readonly source: string }
  | { readonly code: 'shared'; readonly accounts: readonly string[]; readonly organizations: readonly string[] }
  /** A usage report counts uses in accounts whose use could not be read otherwise. */
  | {
      readonly code: 'used-elsewhere';
      readonly reportedAt: Date;
      /** How many accounts use it, and how: the most frequent uses first, not all of them where there are many. */
      readonly accounts: number;
      readonly uses: readonly AccountUse[];
    }
  /** Shared with an account that was to be read and was not: whether it uses the image can't be told. */
  | {
      readonly code: 'consumer-unread';
      readonly accountId: string;
      readonly why: string;
      /** So many further accounts likewise. */
      readonly more: number;
    }
  /** Shared beyond the accounts that were read, and no usage report tells of those. */
  | {
      readonly code: 'usage-unknown';
      readonly status: Exclude<UsageReading['status'], 'available'>;
      /** Why it could not be read. */
      readonly error?: string;
    }
  /** The usage report is older than what it would have to rule out. */
  | { readonly code: 'usage-report-too-early'; readonly createdAt: Date; readonly countsFrom: Date }
  | {
      readonly code: 'newest-of-group';
      readonly rank: number;
      readonly keep: number;
      readonly group: string;
      readonly size: number;
    }
  | { readonly code: 'younger-than'; readonly ageDays: number; readonly days: number }
  | { readonly code: 'launched-within'; readonly daysAgo: number; readonly days: number }
  | { readonly code: 'creation-date-unknown' }
  | { readonly code: 'copy-of-kept'; readonly sourceImageId: ImageId; readonly sourceRegion: string }
  /** Its source lies in another Region or is not among the account's images: whether it is kept can't be told. */
  | { readonly code: 'copy-source-unknown'; readonly sourceImageId: ImageId; readonly sourceRegion: string }
  /** The rule counts by group, and the image has no such tag or its name does not match: its group can't be told. */
  | { readonly code: 'group-unknown'; readonly groupBy: string }
  | { readonly code: 'not-expired'; readonly tag: string; readonly expiresAt: Date }
  | { readonly code: 'expiry-missing'; readonly tag: string }
  | { readonly code: 'expiry-unreadable'; readonly tag: string; readonly value: string }
  /** Due, and deprecated by this tool; its time for the next step has not come. */
  | ({ readonly code: 'waiting' } & Waited)
  /** Due, and all that its rule asks for is done. */
  | { readonly code: 'nothing-further' }
  /** This tool's own tag on the image is not a date: unknown means keep. */
  | { readonly code: 'deprecated-at-unreadable'; readonly value: string }
  /** The date before which the image was promised to stay can't be read. */
  | { readonly code: 'deregister-after-unreadable'; readonly value: string }
  /** Tagged as deprecated by this tool, and nothing but the tag says so: no journal is kept, and AWS's own date is another. */
  | { readonly code: 'no-record' }
  /**
   * A person brought it back after this tool took it away (or a run was killed in between, which looks the same):
   * restored from the Recycle Bin, or enabled.
   */
  | { readonly code: 'put-back'; readonly after: 'deregister' | 'disable'; readonly takenAt?: Date }
  /** An earlier run began to give back what was taken, and did not come to the end of it. */
  | { readonly code: 'reinstating'; readonly since: Date }
  /** Disabled, and not by this tool; its rule does not select by `state`. */
  | { readonly code: 'disabled-by-others' }
  /** Otherwise due for its next step; its present owner was not told of that. */
  | {
      readonly code: 'not-announced';
      readonly noticeDays: number;
      /** Why an earlier announcement, where there is one, does not count. */
      readonly because?: Unannounced;
      /** No longer given: what the tag said. */
      readonly value?: string;
    }
  /** Otherwise due for its next step; its owner was told, and the time of notice is not over. */
  | {
      readonly code: 'notice-running';
      readonly announcedAt: Date;
      readonly days: number;
      readonly ofDays: number;
    };

/** How long an image has waited for its next step. */
export interface Waited {
  readonly deprecatedAt: Date;
  /** A launch after the deprecation; the days count from it. */
  readonly launchedAt?: Date;
  readonly days: number;
  readonly ofDays: number;
}

/**
 * Why an announcement does not count: it was given to another owner, before the last launch or long before the
 * deprecation, it said nothing of this step; or there is no journal to hold it.
 */
export type Unannounced = 'owner-changed' | 'launched-since' | 'outdated' | 'not-promised' | 'no-journal';

/** Why an image is due. */
export type DueReason =
  | {
      readonly code: 'unreferenced';
      readonly sources: number;
      /** Other accounts that were read completely; absent where one account alone was looked at. */
      readonly otherAccounts?: number;
    }
  | {
      readonly code: 'beyond-newest';
      readonly rank: number;
      readonly keep: number;
      readonly group: string;
      readonly size: number;
    }
  | { readonly code: 'older-than'; readonly ageDays: number; readonly days: number }
  | { readonly code: 'not-launched-within'; readonly daysAgo?: number; readonly days: number }
  | { readonly code: 'expired'; readonly tag: string; readonly expiredAt: Date; readonly days: number }
  | { readonly code: 'nothing-keeps-it' }
  | ({ readonly code: 'deprecated-for' } & Waited)
  /** The deprecation date is someone else's and stays as it is. */
  | { readonly code: 'deprecated-by-other'; readonly deprecationTime: Date };

export type Reason = KeepReason | DueReason;

/** What time alone will change, and when, if nothing else does. */
export interface Next {
  readonly decision: 'deprecate' | 'disable' | 'deregister' | 'reinstate' | 'keep';
  readonly at: Date;
}

export type NonEmpty<T> = readonly [T, ...T[]];

interface DecisionBase {
  readonly image: Image;
  /** The rule that owns the image; absent where none selects it. */
  readonly rule?: string;
  /** Its group in that rule, where the rule counts by group. */
  readonly group?: string;
  readonly references: readonly Reference[];
  readonly next?: Next;
  /** It was launched after its deprecation, so that its waits began anew. */
  readonly restarted?: { readonly deprecatedAt: Date; readonly launchedAt: Date };
}

/** What is to become of one image. */
export type Decision =
  | (DecisionBase & { readonly decision: 'keep'; readonly reasons: NonEmpty<Reason> })
  | (DecisionBase & {
      readonly decision: 'deprecate' | 'disable' | 'deregister';
      readonly rule: string;
      readonly reasons: NonEmpty<DueReason>;
    })
  /** Deprecated by this tool and no longer due: it gets back what deprecating took. */
  | (DecisionBase & { readonly decision: 'reinstate'; readonly reasons: NonEmpty<KeepReason> });

/** Why a snapshot stays, or why it goes. */
export type SnapshotReason =
  | { readonly code: 'mapped'; readonly images: readonly ImageId[] }
  | { readonly code: 'referenced'; readonly references: readonly Reference[] }
  | { readonly code: 'managed'; readonly by: Manager }
  | { readonly code: 'protected-tag'; readonly key: string; readonly value: string; readonly pattern: string }
  | { readonly code: 'keep-tag'; readonly until?: Date }
  | { readonly code: 'keep-tag-unreadable'; readonly value: string }
  | { readonly code: 'not-own'; readonly owner: string }
  | { readonly code: 'state'; readonly state: string }
  | { readonly code: 'not-of-an-image' }
  /** An image maps it, but the inventory does not hold it. */
  | { readonly code: 'not-in-inventory' }
  /** It names an image that is still there, though that image does not map it. */
  | { readonly code: 'image-exists'; readonly imageId: ImageId }
  | { readonly code: 'source-unreadable'; readonly source: string }
  | { readonly code: 'locked' }
  | { readonly code: 'shared'; readonly accounts: readonly string[] }
  | { readonly code: 'fast-snapshot-restore'; readonly zones: readonly string[] }
  | { readonly code: 'image-in-recycle-bin'; readonly imageId: ImageId }
  /** Its image went by a rule that keeps snapshots. */
  | { readonly code: 'kept-by-rule' }
  /** Its tags say that this tool claimed or marked it, and no record proves it. */
  | { readonly code: 'no-record'; readonly imageId: ImageId }
  /** This tool deleted it, or began to, and it is there: a person brought it back. */
  | { readonly code: 'put-back'; readonly imageId: ImageId }
  | { readonly code: 'rule-keeps-snapshots'; readonly rule: string }
  /** Its image is deregistered in this plan, and nothing else maps it. */
  | { readonly code: 'image-deregistered'; readonly imageId: ImageId }
  /** An earlier run tagged it before deregistering its image, and the image is gone. */
  | { readonly code: 'left-behind'; readonly imageId: ImageId }
  /** Of an image that is gone by others' doing; the policy does not ask for its deletion. */
  | { readonly code: 'orphan-reported-only'; readonly imageId: ImageId }
  /** As above; to be marked by this run, deleted after the grace. */
  | { readonly code: 'orphan-unmarked'; readonly imageId: ImageId }
  | {
      readonly code: 'orphan-waiting';
      readonly imageId: ImageId;
      readonly orphanedAt: Date;
      readonly days: number;
      readonly ofDays: number;
    }
  | {
      readonly code: 'orphan-past-grace';
      readonly imageId: ImageId;
      readonly orphanedAt: Date;
      readonly days: number;
      readonly ofDays: number;
    };

/** What is to become of one snapshot. */
export interface SnapshotDecision {
  readonly snapshotId: SnapshotId;
  /** Absent where an image maps a snapshot that the inventory does not hold. */
  readonly snapshot?: Snapshot;
  /** The image that it belongs or belonged to, where that is known. */
  readonly imageId?: ImageId;
  readonly decision: 'keep' | 'delete';
  readonly reasons: NonEmpty<SnapshotReason>;
}
