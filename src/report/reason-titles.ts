import type { ReportReason } from './shape.ts';

/** A few words for a group of images that one reason holds together. */
export const REASON_TITLES: Readonly<Record<ReportReason['code'], string>> = {
  'no-rule': 'no rule selects it',
  'no-action-in-rule': 'its rule asks for no action',
  'protected-tag': 'protected by tag',
  'protected-image': 'protected by the policy',
  'keep-tag': 'kept by its own tag',
  'keep-tag-unreadable': 'unreadable keep tag',
  managed: 'managed by another AWS service',
  'deregistration-protection': 'deregistration protection',
  public: 'public',
  'not-own': 'belongs to another account',
  state: 'not available',
  referenced: 'referenced',
  'source-unreadable': 'a source could not be read',
  shared: 'shared with others',
  'used-elsewhere': 'used in other accounts',
  'consumer-unread': 'shared with an account that could not be read',
  'usage-unknown': 'shared, use in other accounts unknown',
  'usage-report-too-early': 'shared, usage report too early',
  'newest-of-group': 'one of the newest',
  'younger-than': 'too young',
  'launched-within': 'launched lately',
  'creation-date-unknown': 'unknown creation date',
  'copy-of-kept': 'copy of an image that is kept',
  'copy-source-unknown': 'copy of an image out of sight',
  'group-unknown': 'its group is unknown',
  'not-expired': 'not expired',
  'expiry-missing': 'no expiry tag',
  'expiry-unreadable': 'unreadable expiry tag',
  waiting: 'due, next step has not come',
  'nothing-further': 'due, nothing further to do',
  'deprecated-at-unreadable': 'unreadable deprecation tag',
  'deregister-after-unreadable': 'unreadable deregistration tag',
  'no-record': 'deprecation not proven',
  'put-back': 'put back by someone',
  reinstating: 'being reinstated',
  'disabled-by-others': 'disabled by others',
  'not-announced': 'due, owner not told yet',
  'notice-running': 'due, notice is running',
  unreferenced: 'not referenced',
  'beyond-newest': 'beyond the newest',
  'older-than': 'old enough',
  'not-launched-within': 'not launched lately',
  expired: 'expired',
  'nothing-keeps-it': 'nothing keeps it',
  'deprecated-for': 'deprecated long enough',
  'deprecated-by-other': 'deprecated by someone else',
};

const DUE_CODES: ReadonlySet<string> = new Set<ReportReason['code']>([
  'unreferenced',
  'beyond-newest',
  'older-than',
  'not-launched-within',
  'expired',
  'nothing-keeps-it',
  'deprecated-for',
  'deprecated-by-other',
]);

/** True for a reason that keeps an image; false for one that makes it due. */
export function keeps(reason: ReportReason): boolean {
  return !DUE_CODES.has(reason.code);
}
