import type { Account, AllowedImages, AllowedImagesCriterion } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import { firstStep, type Policy, type Rule } from '../../model/policy.ts';
import type { Reason } from '../../model/reasons.ts';
import { DAY } from '../../text/format.ts';
import type { DeprecationMark } from './proof.ts';
import { judgedBy, sharedWith } from './sharing.ts';

/** Which accounts can't launch an image once it is deprecated, as the reason says it. */
export type BlockedIn = Omit<Extract<Reason, { code: 'blocked-once-deprecated' }>, 'code'>;

interface Judged {
  readonly image: Image;
  readonly account: Account;
  readonly policy: Policy;
  readonly rule: Rule | undefined;
  readonly mark: DeprecationMark;
  readonly at: number;
}

/**
 * The accounts that an image is shared with whose Allowed AMIs settings block it once it is deprecated, before any other
 * step of its rule asks for the same care, and those whose settings are not known. An account's own images are never
 * blocked in it. Nothing where there is none, or where it is deprecated already.
 */
export function blockedOnceDeprecated({ image, account, policy, rule, mark, at }: Judged): BlockedIn | undefined {
  const isDeprecated = mark.kind === 'deprecated' || (image.deprecationTime?.getTime() ?? Infinity) <= at;
  const sharing = account.sharing.get(image.imageId);
  const others = judgedBy(account, policy);
  if (!rule?.deprecate || isDeprecated || sharing?.status !== 'read' || others === undefined) return undefined;
  const shared = sharedWith(image, sharing);
  const isAny = shared.organizations.length > 0 || image.isPublic;
  const consumers = [...others.read]
    .filter((accountId) => accountId !== image.ownerId && (isAny || shared.accounts.includes(accountId)))
    .sort();
  const settingsOf = (accountId: string) => others.allowedImages?.get(accountId);
  const accounts = consumers.filter((accountId) => blocks(settingsOf(accountId), image, rule));
  const unknown = consumers.filter((accountId) => settingsOf(accountId)?.status !== 'read');
  return accounts.length + unknown.length > 0 ? { accounts, unknown } : undefined;
}

function blocks(settings: AllowedImages | undefined, { ownerId }: Image, rule: Rule): boolean {
  if (settings?.status !== 'read') return false;
  const step = firstStep(rule);
  const days = step ? Math.max(step.after.milliseconds, step.notice.milliseconds) / DAY : Infinity;
  const isTooStrict = ({ daysSinceDeprecated = Infinity }: AllowedImagesCriterion) => daysSinceDeprecated < days;
  const { criteria } = settings;
  const isAllowed = criteria.some((one) => !one.asksMore && !isTooStrict(one) && names(one, ownerId));
  return !isAllowed && criteria.some((one) => isTooStrict(one) && mayName(one, ownerId));
}

function names({ providers }: AllowedImagesCriterion, ownerId: string): boolean {
  return providers?.includes(ownerId) ?? true;
}

/** An alias such as `amazon` stands for accounts that are not known here. */
function mayName({ providers }: AllowedImagesCriterion, ownerId: string): boolean {
  return providers?.some((one) => one === ownerId || !/^(?:\d{12}|none)$/.test(one)) ?? true;
}
