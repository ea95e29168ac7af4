import type { AccountUse, UsageReading } from './account.ts';
import type { ImageId } from './ids.ts';
import type { Reference } from './reference.ts';

/** Who else manages an image or a snapshot. */
export type Manager = 'aws-backup' | 'data-lifecycle-manager' | 'fast-launch' | 'marketplace';

/**
 * Why an announcement does not count: it was given to another owner, before the last launch or long before the
 * deprecation, it said nothing of this step; or there is no journal to hold it.
 */
export type Unannounced = 'owner-changed' | 'launched-since' | 'outdated' | 'not-promised' | 'no-journal';

/**
 * Why archiving a snapshot would not save for certain: it may share blocks with others that stay, so that nothing may be
 * freed; all that share blocks are archived in full, which costs more than they do now; the ninety days that are paid for
 * at least; or AWS does not tell its size.
 */
export type Unsaved = 'shared-blocks' | 'full-size' | 'ninety-days' | 'size-unknown';

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
  readonly unsaved: Unsaved;
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

interface Row<Class extends string = string, Facts extends FactKinds = FactKinds> {
  readonly class: Class;
  /** A few words for a group of images or snapshots that one reason holds together. */
  readonly title: string;
  readonly facts: Facts;
}

function row<Class extends string, const Facts extends FactKinds>(kind: Class, title: string, facts: Facts) {
  return { class: kind, title, facts } satisfies Row<Class, Facts>;
}

const TAG = { key: 'text', value: 'text', pattern: 'text' } as const;
const RANK = { rank: 'number', keep: 'number', group: 'text', size: 'number' } as const;
const SOURCE_IMAGE = { sourceImageId: 'imageId', sourceRegion: 'text' } as const;
/** `launchedAt`: a launch after the deprecation; the days count from it. */
const WAITED = { deprecatedAt: 'time', launchedAt: 'time?', days: 'number', ofDays: 'number' } as const;
const ORPHANED = { imageId: 'imageId', orphanedAt: 'time', days: 'number', ofDays: 'number' } as const;

/** Why an image stays or is due. Codes are stable: users script against them. Sentences live in `report/`. */
export const IMAGE_REASONS = {
  'no-rule': row('hold', 'no rule selects it', {}),
  'no-action-in-rule': row('hold', 'its rule asks for no action', {}),
  'protected-tag': row('protection', 'protected by tag', TAG),
  'protected-image': row('protection', 'protected by the policy', {}),
  'protected-name': row('protection', 'protected by name', { pattern: 'text' }),
  /** By the account or the Region that it lies in. */
  'protected-target': row('protection', 'protected by the policy', { target: 'text' }),
  'keep-tag': row('protection', 'kept by its own tag', { until: 'time?' }),
  'keep-tag-unreadable': row('protection', 'unreadable keep tag', { value: 'text' }),
  managed: row('protection', 'managed by another AWS service', { by: 'manager' }),
  'deregistration-protection': row('hold', 'deregistration protection', { value: 'text' }),
  /** This tool's own, from when something used it. */
  'own-protection': row('hold', 'protected while it was in use', { protectedAt: 'time' }),
  public: row('hold', 'public', {}),
  'not-own': row('hold', 'belongs to another account', { owner: 'text' }),
  state: row('hold', 'not available', { state: 'text' }),
  referenced: row('hold', 'referenced', { references: 'number' }),
  'source-unreadable': row('hold', 'a source could not be read', { source: 'text' }),
  shared: row('hold', 'shared with others', { accounts: 'texts', organizations: 'texts' }),
  /** A usage report counts uses in so many accounts that could not be read otherwise; the most frequent uses first, not all of them. */
  'used-elsewhere': row('hold', 'used in other accounts', { reportedAt: 'time', accounts: 'number', uses: 'uses' }),
  /** An account, and so many more, could not be read that it is shared with, or that used it when it was last read. */
  'consumer-unread': row('hold', 'may be used in an account that could not be read', {
    accountId: 'text',
    why: 'text',
    more: 'number',
  }),
  /** Accounts may use it that were not read, and no usage report covers those; `error`: why it could not be read. */
  'usage-unknown': row('hold', 'use in other accounts unknown', { status: 'usage', error: 'text?' }),
  /** The usage report is older than what it would have to rule out. */
  'usage-report-too-early': row('hold', 'usage report too early', { createdAt: 'time', countsFrom: 'time' }),
  'rule-keeps-always': row('hold', 'its rule keeps all', {}),
  'newest-of-group': row('hold', 'one of the newest', RANK),
  'younger-than': row('hold', 'too young', { ageDays: 'number', days: 'number' }),
  'launched-within': row('hold', 'launched lately', { daysAgo: 'number', days: 'number' }),
  /** Rules and protections go by names, and AWS's answer has none for it. */
  'name-unknown': row('hold', 'unknown name', {}),
  'creation-date-unknown': row('hold', 'unknown creation date', {}),
  'copy-of-kept': row('hold', 'copy of an image that is kept', SOURCE_IMAGE),
  /** Its source lies in another Region or is not among the account's images: whether it is kept is not known. */
  'copy-source-unknown': row('hold', 'copy of an image out of sight', SOURCE_IMAGE),
  /** `imageId`: one of those that stay. */
  'ancestor-of-kept': row('hold', 'source of an image that is kept', { imageId: 'imageId' }),
  /** The rule counts by group, and the image has no such tag or its name does not match: its group is not known. */
  'group-unknown': row('hold', 'its group is unknown', { groupBy: 'text' }),
  'not-expired': row('hold', 'not expired', { tag: 'text', expiresAt: 'time' }),
  'expiry-missing': row('hold', 'no expiry tag', { tag: 'text' }),
  /** `as`: what the tag should have held; absent where it is a date. */
  'expiry-unreadable': row('hold', 'unreadable expiry tag', { tag: 'text', value: 'text', as: 'text?' }),
  waiting: row('wait', 'waiting for next step', WAITED),
  'nothing-further': row('wait', 'due, nothing further to do', {}),
  /** This tool's own tag on the image is not a date: unknown means keep. */
  'deprecated-at-unreadable': row('hold', 'unreadable deprecation tag', { value: 'text' }),
  /** The date before which the image was promised to stay can't be read. */
  'deregister-after-unreadable': row('hold', 'unreadable deregistration tag', { value: 'text' }),
  /** Tagged as deprecated by this tool, and nothing but the tag says so: no journal is kept, and AWS's own date is another. */
  'no-record': row('hold', 'deprecation not proven', {}),
  /** A person restored or enabled it after this tool took it away; a killed run looks the same. */
  'put-back': row('hold', 'put back by someone', { after: 'taken', takenAt: 'time?' }),
  /** An earlier run began to give back what was taken, and did not come to the end of it. */
  reinstating: row('hold', 'being reinstated', { since: 'time' }),
  /** Disabled, and not by this tool; its rule does not select by `state`. */
  'disabled-by-others': row('hold', 'disabled by others', {}),
  /** Its present owner was not notified; `because`: why an earlier announcement does not count; `value` is no longer given. */
  'not-announced': row('wait', 'due, owner not told yet', {
    noticeDays: 'number',
    because: 'unannounced?',
    value: 'text?',
  }),
  /** Its owner was notified, and the time of notice is not over. */
  'notice-running': row('wait', 'due, notice is running', { announcedAt: 'time', days: 'number', ofDays: 'number' }),
  /** `otherAccounts` that were read completely; absent where one account alone was read. */
  /** Its snapshots lie in the archive or are on their way there. */
  archived: row('wait', 'archived', { snapshots: 'texts' }),
  /** `others`: so many that stay may share blocks with it. */
  'archive-saves-nothing': row('wait', 'archiving would not save', {
    snapshots: 'texts',
    because: 'unsaved',
    others: 'number?',
  }),
  /** Something else holds these: what is said of each, the other images that map it, what could not be read. */
  'archive-held': row('wait', 'not archived for now', { snapshots: 'texts' }),
  unreferenced: row('due', 'not referenced', { sources: 'number', otherAccounts: 'number?' }),
  'beyond-newest': row('due', 'beyond the newest', RANK),
  /** One of the newest of its group, and too old to stay for that. */
  'newest-too-old': row('due', 'one of the newest, too old', { ...RANK, ageDays: 'number', days: 'number' }),
  'older-than': row('due', 'old enough', { ageDays: 'number', days: 'number' }),
  'not-launched-within': row('due', 'not launched lately', { daysAgo: 'number?', days: 'number' }),
  expired: row('due', 'expired', { tag: 'text', expiredAt: 'time', days: 'number' }),
  'nothing-keeps-it': row('due', 'nothing keeps it', {}),
  'deprecated-for': row('due', 'deprecated long enough', WAITED),
  /** Windows Fast Launch keeps snapshots ready for it, in AWS's own word of its state; it is turned off before the image goes. */
  'fast-launch': row('due', 'Windows Fast Launch is on', { state: 'text' }),
  /** Accounts whose Allowed AMIs settings block it once it is deprecated, and those whose settings are not known. */
  'blocked-once-deprecated': row('due', 'blocked elsewhere once it is deprecated', {
    accounts: 'texts',
    unknown: 'texts',
  }),
  /** The deprecation date is someone else's and stays as it is. */
  'deprecated-by-other': row('due', 'deprecated by someone else', { deprecationTime: 'time' }),
} satisfies Readonly<Record<string, Row<ReasonClass>>>;

/** Why a snapshot stays, or why it goes. */
export const SNAPSHOT_REASONS = {
  mapped: row('hold', 'an image maps it', { images: 'imageIds' }),
  referenced: row('hold-for-now', 'referenced', { references: 'references' }),
  managed: row('hold', 'managed by another AWS service', { by: 'manager' }),
  'protected-tag': row('hold', 'protected by tag', TAG),
  'protected-target': row('hold', 'protected by the policy', { target: 'text' }),
  'keep-tag': row('hold', 'kept by its own tag', { until: 'time?' }),
  'keep-tag-unreadable': row('hold', 'unreadable keep tag', { value: 'text' }),
  'not-own': row('hold', 'belongs to another account', { owner: 'text' }),
  state: row('hold', 'not completed', { state: 'text' }),
  'not-of-an-image': row('hold', 'not of an image', {}),
  /** An image maps it, but the inventory does not hold it. */
  'not-in-inventory': row('hold', 'not among the account’s snapshots', {}),
  /** It names an image that is still there, though that image does not map it. */
  'image-exists': row('hold', 'the image it names is there', { imageId: 'imageId' }),
  'source-unreadable': row('hold-for-now', 'a source could not be read', { source: 'text' }),
  locked: row('hold-for-now', 'locked', {}),
  shared: row('hold-for-now', 'shared', { accounts: 'texts' }),
  'fast-snapshot-restore': row('hold-for-now', 'fast snapshot restore is on', { zones: 'texts' }),
  'image-in-recycle-bin': row('hold', 'image in the Recycle Bin', { imageId: 'imageId' }),
  /** Its image went by a rule that keeps snapshots. */
  'kept-by-rule': row('hold', 'kept by the rule of its image', {}),
  /** Its tags say that this tool claimed or marked it, and no record proves it. */
  'no-record': row('hold', 'tags without a record', { imageId: 'imageId' }),
  /** This tool deleted it, or began to, and it is there: a person brought it back. */
  'put-back': row('hold', 'put back by someone', { imageId: 'imageId' }),
  'rule-keeps-snapshots': row('hold', 'its rule keeps snapshots', { rule: 'text' }),
  /** Its image is deregistered in this plan, and nothing else maps it. */
  'image-deregistered': row('delete', 'its image is deregistered', { imageId: 'imageId' }),
  /** An earlier run tagged it before deregistering its image, and the image is gone. */
  'left-behind': row('delete', 'left behind by an earlier run', { imageId: 'imageId' }),
  /** Its image was deregistered outside ami-janitor; the policy does not ask for its deletion. */
  'orphan-reported-only': row('hold', 'image gone, reported only', { imageId: 'imageId' }),
  /** As above; to be marked by this run, deleted after the grace. */
  'orphan-unmarked': row('hold', 'image gone, newly seen', { imageId: 'imageId' }),
  'orphan-waiting': row('hold', 'image gone, in its grace', ORPHANED),
  'orphan-past-grace': row('delete', 'image gone, past its grace', ORPHANED),
} satisfies Readonly<Record<string, Row<SnapshotReasonClass>>>;

type Facts<Kinds extends FactKinds> = {
  readonly [Name in keyof Kinds as Kinds[Name] extends FactKind ? Name : never]: FactTypes[Kinds[Name] & FactKind];
} & {
  readonly [Name in keyof Kinds as Kinds[Name] extends FactKind
    ? never
    : Name]?: Kinds[Name] extends `${infer Kind extends FactKind}?` ? FactTypes[Kind] : never;
};

/** The reasons of a table as values: a code with its facts. */
type ReasonOf<Table extends Readonly<Record<string, Row>>, Class extends string = string> = {
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
