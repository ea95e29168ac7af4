import type { AccountUse, UsageReading } from './cross-account-usage.ts';
import type { ImageId } from './ids.ts';
import type { Reference } from './reference.ts';

/** Who else manages an image or a snapshot. */
export type Manager = 'aws-backup' | 'data-lifecycle-manager' | 'marketplace';

/**
 * Why an announcement does not count: it was given to another owner, before the last launch or long before the
 * deprecation, it said nothing of this step; or there is no journal to hold it.
 */
export type Unannounced = 'owner-changed' | 'launched-since' | 'outdated' | 'not-promised' | 'no-journal';

/** What one fact of a reason can be. */
interface FactTypes {
  readonly text: string;
  readonly texts: readonly string[];
  readonly number: number;
  readonly time: Date;
  readonly imageId: ImageId;
  readonly imageIds: readonly ImageId[];
  readonly references: readonly Reference[];
  readonly manager: Manager;
  readonly unannounced: Unannounced;
  readonly uses: readonly AccountUse[];
  readonly usage: Exclude<UsageReading['status'], 'available'>;
  readonly taken: 'deregister' | 'disable';
}

export type FactKind = keyof FactTypes;

/** The facts of one reason by name; a `?` marks one that may be absent. */
export type FactKinds = Readonly<Record<string, FactKind | `${FactKind}?`>>;

/**
 * `protection`: people or another service protect the image whatever its rule says; `hold`: it stays for another
 * reason; `wait`: it is due and deprecated, and its next step has not come; `due`: what speaks for acting.
 */
export type ReasonClass = 'protection' | 'hold' | 'wait' | 'due';

/** `hold`: it stays; `hold-for-now`: likewise, and later runs ask again; `delete`: why it goes. */
type SnapshotReasonClass = 'hold' | 'hold-for-now' | 'delete';

interface Row<Class> {
  readonly class: Class;
  /** A few words for a group of images or snapshots that one reason holds together. */
  readonly title: string;
  readonly facts: FactKinds;
}

const TAG = { key: 'text', value: 'text', pattern: 'text' } as const;
const RANK = { rank: 'number', keep: 'number', group: 'text', size: 'number' } as const;
const SOURCE_IMAGE = { sourceImageId: 'imageId', sourceRegion: 'text' } as const;
/** `launchedAt`: a launch after the deprecation; the days count from it. */
const WAITED = { deprecatedAt: 'time', launchedAt: 'time?', days: 'number', ofDays: 'number' } as const;
const ORPHANED = { imageId: 'imageId', orphanedAt: 'time', days: 'number', ofDays: 'number' } as const;

/** Why an image stays or is due. Codes are stable: users script against them. Sentences live in `report/`. */
export const IMAGE_REASONS = {
  'no-rule': { class: 'hold', title: 'no rule selects it', facts: {} },
  'no-action-in-rule': { class: 'hold', title: 'its rule asks for no action', facts: {} },
  'protected-tag': { class: 'protection', title: 'protected by tag', facts: TAG },
  'protected-image': { class: 'protection', title: 'protected by the policy', facts: {} },
  'keep-tag': { class: 'protection', title: 'kept by its own tag', facts: { until: 'time?' } },
  'keep-tag-unreadable': { class: 'protection', title: 'unreadable keep tag', facts: { value: 'text' } },
  managed: { class: 'protection', title: 'managed by another AWS service', facts: { by: 'manager' } },
  'deregistration-protection': { class: 'hold', title: 'deregistration protection', facts: { value: 'text' } },
  public: { class: 'hold', title: 'public', facts: {} },
  'not-own': { class: 'hold', title: 'belongs to another account', facts: { owner: 'text' } },
  state: { class: 'hold', title: 'not available', facts: { state: 'text' } },
  referenced: { class: 'hold', title: 'referenced', facts: { references: 'number' } },
  'source-unreadable': { class: 'hold', title: 'a source could not be read', facts: { source: 'text' } },
  shared: { class: 'hold', title: 'shared with others', facts: { accounts: 'texts', organizations: 'texts' } },
  /** A usage report counts uses in so many accounts that could not be read otherwise; the most frequent uses first, not all of them. */
  'used-elsewhere': {
    class: 'hold',
    title: 'used in other accounts',
    facts: { reportedAt: 'time', accounts: 'number', uses: 'uses' },
  },
  /** Shared with an account, and so many more, that was to be read and was not: whether it uses the image is not known. */
  'consumer-unread': {
    class: 'hold',
    title: 'shared with an account that could not be read',
    facts: { accountId: 'text', why: 'text', more: 'number' },
  },
  /** Shared beyond the accounts that were read, and no usage report covers those; `error`: why it could not be read. */
  'usage-unknown': {
    class: 'hold',
    title: 'shared, use in other accounts unknown',
    facts: { status: 'usage', error: 'text?' },
  },
  /** The usage report is older than what it would have to rule out. */
  'usage-report-too-early': {
    class: 'hold',
    title: 'shared, usage report too early',
    facts: { createdAt: 'time', countsFrom: 'time' },
  },
  'newest-of-group': { class: 'hold', title: 'one of the newest', facts: RANK },
  'younger-than': { class: 'hold', title: 'too young', facts: { ageDays: 'number', days: 'number' } },
  'launched-within': { class: 'hold', title: 'launched lately', facts: { daysAgo: 'number', days: 'number' } },
  'creation-date-unknown': { class: 'hold', title: 'unknown creation date', facts: {} },
  'copy-of-kept': { class: 'hold', title: 'copy of an image that is kept', facts: SOURCE_IMAGE },
  /** Its source lies in another Region or is not among the account's images: whether it is kept is not known. */
  'copy-source-unknown': { class: 'hold', title: 'copy of an image out of sight', facts: SOURCE_IMAGE },
  /** The rule counts by group, and the image has no such tag or its name does not match: its group is not known. */
  'group-unknown': { class: 'hold', title: 'its group is unknown', facts: { groupBy: 'text' } },
  'not-expired': { class: 'hold', title: 'not expired', facts: { tag: 'text', expiresAt: 'time' } },
  'expiry-missing': { class: 'hold', title: 'no expiry tag', facts: { tag: 'text' } },
  'expiry-unreadable': { class: 'hold', title: 'unreadable expiry tag', facts: { tag: 'text', value: 'text' } },
  waiting: { class: 'wait', title: 'waiting for next step', facts: WAITED },
  'nothing-further': { class: 'wait', title: 'due, nothing further to do', facts: {} },
  /** This tool's own tag on the image is not a date: unknown means keep. */
  'deprecated-at-unreadable': { class: 'hold', title: 'unreadable deprecation tag', facts: { value: 'text' } },
  /** The date before which the image was promised to stay can't be read. */
  'deregister-after-unreadable': { class: 'hold', title: 'unreadable deregistration tag', facts: { value: 'text' } },
  /** Tagged as deprecated by this tool, and nothing but the tag says so: no journal is kept, and AWS's own date is another. */
  'no-record': { class: 'hold', title: 'deprecation not proven', facts: {} },
  /**
   * A person brought it back after this tool took it away (or a run was killed in between, which looks the same):
   * restored from the Recycle Bin, or enabled.
   */
  'put-back': { class: 'hold', title: 'put back by someone', facts: { after: 'taken', takenAt: 'time?' } },
  /** An earlier run began to give back what was taken, and did not come to the end of it. */
  reinstating: { class: 'hold', title: 'being reinstated', facts: { since: 'time' } },
  /** Disabled, and not by this tool; its rule does not select by `state`. */
  'disabled-by-others': { class: 'hold', title: 'disabled by others', facts: {} },
  /** Its present owner was not notified; `because`: why an earlier announcement does not count; `value` is no longer given. */
  'not-announced': {
    class: 'wait',
    title: 'due, owner not told yet',
    facts: { noticeDays: 'number', because: 'unannounced?', value: 'text?' },
  },
  /** Its owner was notified, and the time of notice is not over. */
  'notice-running': {
    class: 'wait',
    title: 'due, notice is running',
    facts: { announcedAt: 'time', days: 'number', ofDays: 'number' },
  },
  /** `otherAccounts` that were read completely; absent where one account alone was read. */
  unreferenced: { class: 'due', title: 'not referenced', facts: { sources: 'number', otherAccounts: 'number?' } },
  'beyond-newest': { class: 'due', title: 'beyond the newest', facts: RANK },
  'older-than': { class: 'due', title: 'old enough', facts: { ageDays: 'number', days: 'number' } },
  'not-launched-within': { class: 'due', title: 'not launched lately', facts: { daysAgo: 'number?', days: 'number' } },
  expired: { class: 'due', title: 'expired', facts: { tag: 'text', expiredAt: 'time', days: 'number' } },
  'nothing-keeps-it': { class: 'due', title: 'nothing keeps it', facts: {} },
  'deprecated-for': { class: 'due', title: 'deprecated long enough', facts: WAITED },
  /** The deprecation date is someone else's and stays as it is. */
  'deprecated-by-other': { class: 'due', title: 'deprecated by someone else', facts: { deprecationTime: 'time' } },
} as const satisfies Readonly<Record<string, Row<ReasonClass>>>;

/** Why a snapshot stays, or why it goes. */
export const SNAPSHOT_REASONS = {
  mapped: { class: 'hold', title: 'an image maps it', facts: { images: 'imageIds' } },
  referenced: { class: 'hold-for-now', title: 'referenced', facts: { references: 'references' } },
  managed: { class: 'hold', title: 'managed by another AWS service', facts: { by: 'manager' } },
  'protected-tag': { class: 'hold', title: 'protected by tag', facts: TAG },
  'keep-tag': { class: 'hold', title: 'kept by its own tag', facts: { until: 'time?' } },
  'keep-tag-unreadable': { class: 'hold', title: 'unreadable keep tag', facts: { value: 'text' } },
  'not-own': { class: 'hold', title: 'belongs to another account', facts: { owner: 'text' } },
  state: { class: 'hold', title: 'not completed', facts: { state: 'text' } },
  'not-of-an-image': { class: 'hold', title: 'not of an image', facts: {} },
  /** An image maps it, but the inventory does not hold it. */
  'not-in-inventory': { class: 'hold', title: 'not among the account’s snapshots', facts: {} },
  /** It names an image that is still there, though that image does not map it. */
  'image-exists': { class: 'hold', title: 'the image it names is there', facts: { imageId: 'imageId' } },
  'source-unreadable': { class: 'hold-for-now', title: 'a source could not be read', facts: { source: 'text' } },
  locked: { class: 'hold-for-now', title: 'locked', facts: {} },
  shared: { class: 'hold-for-now', title: 'shared', facts: { accounts: 'texts' } },
  'fast-snapshot-restore': { class: 'hold-for-now', title: 'fast snapshot restore is on', facts: { zones: 'texts' } },
  'image-in-recycle-bin': { class: 'hold', title: 'image in the Recycle Bin', facts: { imageId: 'imageId' } },
  /** Its image went by a rule that keeps snapshots. */
  'kept-by-rule': { class: 'hold', title: 'kept by the rule of its image', facts: {} },
  /** Its tags say that this tool claimed or marked it, and no record proves it. */
  'no-record': { class: 'hold', title: 'tags without a record', facts: { imageId: 'imageId' } },
  /** This tool deleted it, or began to, and it is there: a person brought it back. */
  'put-back': { class: 'hold', title: 'put back by someone', facts: { imageId: 'imageId' } },
  'rule-keeps-snapshots': { class: 'hold', title: 'its rule keeps snapshots', facts: { rule: 'text' } },
  /** Its image is deregistered in this plan, and nothing else maps it. */
  'image-deregistered': { class: 'delete', title: 'its image is deregistered', facts: { imageId: 'imageId' } },
  /** An earlier run tagged it before deregistering its image, and the image is gone. */
  'left-behind': { class: 'delete', title: 'left behind by an earlier run', facts: { imageId: 'imageId' } },
  /** Its image was deregistered outside ami-janitor; the policy does not ask for its deletion. */
  'orphan-reported-only': { class: 'hold', title: 'image gone, reported only', facts: { imageId: 'imageId' } },
  /** As above; to be marked by this run, deleted after the grace. */
  'orphan-unmarked': { class: 'hold', title: 'image gone, newly seen', facts: { imageId: 'imageId' } },
  'orphan-waiting': { class: 'hold', title: 'image gone, in its grace', facts: ORPHANED },
  'orphan-past-grace': { class: 'delete', title: 'image gone, past its grace', facts: ORPHANED },
} as const satisfies Readonly<Record<string, Row<SnapshotReasonClass>>>;

type Facts<Kinds extends FactKinds> = {
  readonly [Name in keyof Kinds as Kinds[Name] extends FactKind ? Name : never]: FactTypes[Kinds[Name] & FactKind];
} & {
  readonly [Name in keyof Kinds as Kinds[Name] extends FactKind
    ? never
    : Name]?: Kinds[Name] extends `${infer Kind extends FactKind}?` ? FactTypes[Kind] : never;
};

/** The reasons of a table as values: a code with its facts. */
type ReasonOf<Table extends Readonly<Record<string, Row<string>>>, Class extends string = string> = {
  readonly [Code in keyof Table]: Table[Code]['class'] extends Class
    ? { readonly code: Code } & Facts<Table[Code]['facts']>
    : never;
}[keyof Table];

export type Reason = ReasonOf<typeof IMAGE_REASONS>;
/** Why an image is due. */
export type DueReason = ReasonOf<typeof IMAGE_REASONS, 'due'>;
/** Why an image stays. */
export type KeepReason = ReasonOf<typeof IMAGE_REASONS, Exclude<ReasonClass, 'due'>>;
export type SnapshotReason = ReasonOf<typeof SNAPSHOT_REASONS>;

/** How long an image has waited for its next step. */
export type Waited = Facts<typeof WAITED>;

/** What a reason for an image does. */
export function classOf({ code }: { readonly code: Reason['code'] }): ReasonClass {
  return IMAGE_REASONS[code].class;
}
