import type { Account } from '../../model/account.ts';
import type { CrossAccountUsage, UsageReading } from '../../model/cross-account-usage.ts';
import type { Image } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import type { KeepReason } from '../../model/reasons.ts';
import { DAY } from '../../text/days.ts';
import type { DeprecationMark } from './deprecation-tag.ts';
import {
  judgedBy,
  publicHolds,
  type SharedWith,
  type SharingVerdict,
  sharedWith,
  sharingOf,
  verdictAlone,
} from './sharing.ts';

/**
 * How long before it was made a usage report may be silent on a use. AWS says 24 hours for instances and "several
 * days" for launch templates; a week is this project's reading of the latter.
 */
const USAGE_REPORT_LAG = 7 * DAY;
/** A report says less of today with every day; one that is older counts no more before what is hard to undo. */
export const USAGE_REPORT_VALID = 14 * DAY;
/** Of an image that hundreds of accounts use, so many uses are told. */
const MOST_USES = 20;

const NOTHING: SharingVerdict = { holds: [], unknowns: [] };

/** What a shared image's verdict rests on. */
interface Judged {
  readonly image: Image;
  readonly account: Account;
  readonly policy: Policy;
  readonly mark: DeprecationMark;
  readonly at: number;
}

/** What the sharing of an image makes of it: by being shared at all, or by what is known of those it is shared with. */
export function sharingVerdict(judged: Judged): SharingVerdict {
  const { image, account, policy } = judged;
  const sharing = sharingOf(image, account, policy);
  if (sharing?.status !== 'read') return NOTHING;
  const crossAccountUsage = judgedBy(account, policy);
  if (crossAccountUsage === undefined) return verdictAlone(image, sharing, policy);
  const shared = sharedWith(image, sharing);
  const usage = isSharedBeyond(shared, crossAccountUsage)
    ? usageVerdict(crossAccountUsage.usage.get(image.imageId), crossAccountUsage, judged)
    : NOTHING;
  return {
    holds: [...publicHolds(shared.isPublic, image), ...usage.holds],
    unknowns: [...unreadConsumers(shared, crossAccountUsage, image.ownerId), ...usage.unknowns],
  };
}

/** Whether only a usage report can say who uses an image: it is due, shared beyond the accounts that were read, and none was looked for. */
export function needsUsageReading(image: Image, account: Account, policy: Policy): boolean {
  const sharing = sharingOf(image, account, policy);
  const crossAccountUsage = judgedBy(account, policy);
  if (sharing?.status !== 'read' || crossAccountUsage === undefined || crossAccountUsage.usage.has(image.imageId))
    return false;
  return isSharedBeyond(sharedWith(image, sharing), crossAccountUsage);
}

/** From when on a usage report can speak for steps after the deprecation. */
function usageCountsFrom(deprecatedAt: Date, at: number): Date {
  return new Date(Math.max(deprecatedAt.getTime() + USAGE_REPORT_LAG, at - USAGE_REPORT_VALID));
}

/** Who belongs to an organization or a unit is not known here, so anybody may. */
function isSharedBeyond({ accounts, organizations }: SharedWith, crossAccountUsage: CrossAccountUsage): boolean {
  return organizations.length > 0 || accounts.some((accountId) => !isRead(accountId, crossAccountUsage));
}

function isRead(accountId: string, { read, unread }: CrossAccountUsage): boolean {
  return read.has(accountId) && !unread.has(accountId);
}

/** An account that could not be read may use whatever it is shared; one of an organization or unit may be any. */
function unreadConsumers(
  { accounts, organizations }: SharedWith,
  { unread }: CrossAccountUsage,
  ownerId: string,
): KeepReason[] {
  const shared = organizations.length > 0 ? [...unread.keys()] : accounts.filter((accountId) => unread.has(accountId));
  const [accountId, ...others] = shared.filter((one) => one !== ownerId).sort();
  if (accountId === undefined) return [];
  return [{ code: 'consumer-unread', accountId, why: unread.get(accountId) ?? '', more: others.length }];
}

function usageVerdict(
  usage: UsageReading | undefined,
  crossAccountUsage: CrossAccountUsage,
  { image, mark, at }: Judged,
): SharingVerdict {
  if (usage === undefined) return NOTHING;
  if (usage.status !== 'available') return { holds: [], unknowns: [unknownUsage(usage)] };
  const { createdAt, entries } = usage;
  const uses = entries
    .filter(({ accountId }) => accountId !== image.ownerId && !isRead(accountId, crossAccountUsage))
    .sort((a, b) => b.count - a.count || (a.accountId < b.accountId ? -1 : 1));
  if (uses.length > 0) {
    const accounts = new Set(uses.map(({ accountId }) => accountId)).size;
    const reason = { code: 'used-elsewhere', reportedAt: createdAt, accounts, uses: uses.slice(0, MOST_USES) } as const;
    return { holds: [{ reason }], unknowns: [] };
  }
  if (mark.kind !== 'deprecated') return NOTHING;
  const countsFrom = usageCountsFrom(mark.at, at);
  return createdAt.getTime() >= countsFrom.getTime()
    ? NOTHING
    : { holds: [], unknowns: [{ code: 'usage-report-too-early', createdAt, countsFrom }] };
}

function unknownUsage(usage: Exclude<UsageReading, { readonly status: 'available' }>): KeepReason {
  const { status } = usage;
  return status === 'unreadable'
    ? { code: 'usage-unknown', status, error: usage.error }
    : { code: 'usage-unknown', status };
}
