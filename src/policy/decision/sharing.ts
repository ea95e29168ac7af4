import type { Account, CrossAccountUsage, Sharing, UsageReading } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { KeepReason } from '../../model/reasons.ts';
import { savedPermissions } from '../../model/tags.ts';
import { DAY } from '../../text/format.ts';
import type { DeprecationMark } from './proof.ts';
import type { Hold } from './protections.ts';

/** The name under which unreadable launch permissions are reported. */
export const LAUNCH_PERMISSIONS = 'launch-permissions';
/**
 * How long before it was made a usage report may be silent on a use. AWS says 24 hours for instances and "several
 * days" for launch templates; a week is this project's reading of the latter.
 */
const USAGE_REPORT_LAG = 7 * DAY;
/** A report says less of today with every hour; an older one counts no more before anything is disabled or removed. */
export const USAGE_REPORT_VALID = 2 * DAY;
/** Of an image that hundreds of accounts use, so many uses are reported. */
const MOST_USES = 20;

/** With whom an image is shared, where that could be read. */
type SharedWith = Omit<Extract<Sharing, { readonly status: 'read' }>, 'status'>;

/** Whether nothing may happen to an image before it was read with whom it is shared. */
export function asksForSharing({ references, targets }: Policy): boolean {
  return references.sharedImages === 'keep' || targets !== undefined;
}

/** What is known of an image's sharing, where the policy cares. */
function sharingOf(image: Image, account: Account, policy: Policy): Sharing | undefined {
  return asksForSharing(policy) ? account.sharing.get(image.imageId) : undefined;
}

/** What a shared image's fate is judged by beside references, where it is not kept for being shared at all. */
export function judgedBy(account: Account, { references, targets }: Policy): CrossAccountUsage | undefined {
  return references.sharedImages === 'evaluate' && targets !== undefined ? account.crossAccountUsage : undefined;
}

interface Judged {
  readonly image: Image;
  readonly account: Account;
  readonly policy: Policy;
  readonly mark: DeprecationMark;
  readonly rule: Rule | undefined;
  /** Whether deprecating it takes something away at once. */
  readonly isBlocked: boolean;
  readonly at: number;
}

/** What the sharing of an image makes of it: by being shared at all, or by what is known of those it is shared with. */
export function sharingHolds(judged: Judged): Hold[] {
  const { image, account, policy } = judged;
  const sharing = sharingOf(image, account, policy);
  if (sharing === undefined) return [];
  if (sharing.status === 'unreadable') return [unsure({ code: 'source-unreadable', source: LAUNCH_PERMISSIONS })];
  const others = judgedBy(account, policy);
  const shared = policy.targets === undefined ? sharing : sharedWith(image, sharing);
  // Where the image itself says so, that is reason enough, once.
  const holds: readonly Hold[] = shared.isPublic && !image.isPublic ? [{ reason: { code: 'public' } }] : [];
  if (others !== undefined) return [...holds, ...holdsByUse(shared, others, judged)];
  // Each target may launch a public image, and a policy that would judge by that knows of none here.
  const isUnjudged = image.isPublic && judged.rule?.public === true && policy.references.sharedImages === 'evaluate';
  const alone = isUnjudged ? [unsure({ code: 'public' })] : holdsAlone(shared, policy);
  return [...holds, ...alone, ...holdsByLastUses(account, image)];
}

function unsure(reason: KeepReason): Hold {
  return { reason, isUnsure: true };
}

/** Whether only a usage report can say who uses an image: it is due, shared beyond the accounts that were read, and none was read. */
export function needsUsageReading(image: Image, account: Account, policy: Policy): boolean {
  const sharing = sharingOf(image, account, policy);
  const others = judgedBy(account, policy);
  if (sharing?.status !== 'read' || others === undefined || others.usage.has(image.imageId)) return false;
  return isBeyondReading(sharedWith(image, sharing), others);
}

/**
 * With whom an image is shared, or was until this tool disabled it: disabling takes the permissions away, and those
 * who lost them may still name the image. Its owner's own entry shares nothing.
 */
export function sharedWith(image: Image, sharing: SharedWith): SharedWith {
  const saved = savedPermissions(image.tags);
  const isArn = (permission: string) => permission.startsWith('arn:');
  const accounts = [...sharing.accounts, ...saved.filter((one) => one !== 'all' && !isArn(one))];
  return {
    accounts: [...new Set(accounts)].filter((accountId) => accountId !== image.ownerId),
    organizations: [...new Set([...sharing.organizations, ...saved.filter(isArn)])],
    isPublic: sharing.isPublic || saved.includes('all'),
  };
}

/**
 * Where one account alone was read, sharing keeps an image: what others run from it can't be seen from there. A
 * policy that would judge it by others' use says that this is not known, and so reinstates nothing.
 */
function holdsAlone({ accounts, organizations }: SharedWith, { references }: Policy): Hold[] {
  if (accounts.length === 0 && organizations.length === 0) return [];
  return [{ reason: { code: 'shared', accounts, organizations }, isUnsure: references.sharedImages !== 'keep' }];
}

function holdsByUse(shared: SharedWith, others: CrossAccountUsage, judged: Judged): Hold[] {
  const unread = unreadConsumers(shared, others, judged.image);
  return isBeyondReading(shared, others) ? [...unread, ...holdsByReport(others, judged)] : unread;
}

/**
 * Whether reading alone can't say who uses an image. Who belongs to an organization or a unit is not known here, so
 * anybody may; and an account that was never read may use what was shared with it once.
 */
function isBeyondReading({ accounts, organizations }: SharedWith, others: CrossAccountUsage): boolean {
  const isShared = organizations.length > 0 || accounts.some((accountId) => !isRead(accountId, others));
  return isShared || (others.neverRead?.size ?? 0) > 0;
}

function isRead(accountId: string, { read, unread }: CrossAccountUsage): boolean {
  return read.has(accountId) && !unread.has(accountId);
}

/**
 * An account that could not be read may use whatever it is shared, and what it used when it was last read; one of an
 * organization or unit, or of all the world, may be any.
 */
function unreadConsumers(shared: SharedWith, { unread, lastUsedBy }: CrossAccountUsage, image: Image): Hold[] {
  const isAny = shared.organizations.length > 0 || image.isPublic;
  const consumers = [...unread].filter(
    ([accountId]) => accountId !== image.ownerId && (isAny || shared.accounts.includes(accountId)),
  );
  return unreadHold(new Map([...(lastUsedBy?.get(image.imageId) ?? []), ...consumers]));
}

/** Where sharing alone keeps images: what unread accounts used, and whatever those may use that were never read. */
function holdsByLastUses({ crossAccountUsage }: Account, { imageId }: Image): Hold[] {
  const { unread = new Map(), neverRead = new Set(), lastUsedBy } = crossAccountUsage ?? {};
  const never = [...unread].filter(([accountId]) => neverRead.has(accountId));
  return unreadHold(new Map([...(lastUsedBy?.get(imageId) ?? []), ...never]));
}

/** @param consumers the accounts that may use it, and why each could not be read */
function unreadHold(consumers: ReadonlyMap<string, string>): Hold[] {
  const [first, ...more] = [...consumers].sort(([a], [b]) => a.localeCompare(b));
  if (first === undefined) return [];
  const [accountId, why] = first;
  return [unsure({ code: 'consumer-unread', accountId, why, more: more.length })];
}

function holdsByReport(others: CrossAccountUsage, judged: Judged): Hold[] {
  const { imageId } = judged.image;
  return holdsOf(others.usage.get(imageId), others, judged);
}

/**
 * What stands against removing a public image of a rule for such: that somebody uses it, or that this is not known. Before
 * that nothing does, since only its deprecation keeps people's lookups from finding it.
 */
export function publicUse(judged: Judged): KeepReason | undefined {
  const { image, account, rule } = judged;
  if (!image.isPublic || !rule?.public) return undefined;
  return holdsOf(account.publicUsage?.get(image.imageId), account.crossAccountUsage, judged)[0]?.reason;
}

/** Whether only a usage report can say who uses an image that is about to go, and none was read. */
export function needsPublicUsage({ imageId, isPublic }: Image, { publicUsage }: Account): boolean {
  return isPublic && publicUsage?.has(imageId) !== true;
}

/** @param others the accounts whose use is known without a report */
function holdsOf(
  usage: UsageReading | undefined,
  others: CrossAccountUsage | undefined,
  { image, mark, isBlocked, at }: Judged,
): Hold[] {
  if (usage === undefined) return [];
  if (usage.status !== 'available') {
    const error = usage.status === 'unreadable' ? { error: usage.error } : {};
    return [unsure({ code: 'usage-unknown', status: usage.status, ...error })];
  }
  const { createdAt, entries } = usage;
  const uses = entries
    .filter(({ accountId }) => accountId !== image.ownerId && !(others && isRead(accountId, others)))
    .sort((a, b) => b.count - a.count || a.accountId.localeCompare(b.accountId));
  if (uses.length > 0) {
    const accounts = new Set(uses.map(({ accountId }) => accountId)).size;
    return [{ reason: { code: 'used-elsewhere', reportedAt: createdAt, accounts, uses: uses.slice(0, MOST_USES) } }];
  }
  if (mark.kind !== 'deprecated' && !isBlocked) return [];
  const sharedSince = others?.sharedSince?.get(image.imageId)?.getTime() ?? 0;
  const lastChanged = Math.max(mark.kind === 'deprecated' ? mark.at.getTime() : 0, sharedSince);
  const countsFrom = new Date(Math.max(lastChanged + USAGE_REPORT_LAG, at - USAGE_REPORT_VALID));
  return createdAt.getTime() >= countsFrom.getTime()
    ? []
    : [unsure({ code: 'usage-report-too-early', createdAt, countsFrom })];
}
