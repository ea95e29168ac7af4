import { readDate } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import type { ExpiryRule } from '../../model/policy.ts';
import type { DueReason } from '../../model/reasons.ts';
import { DAY, elapsedDays } from '../../text/days.ts';
import type { Hold } from './hold.ts';
import { tagValue } from './tag-match.ts';

/** What the expiry tag says of an image: it keeps until its date has passed, and always where it can't be read. */
export function expiryHolds(image: Image, { expireTag: tag }: ExpiryRule, at: number): Hold[] {
  const value = tagValue(image.tags, tag);
  if (value === undefined) return [{ reason: { code: 'expiry-missing', tag } }];
  const expiresAt = readDate(value);
  if (expiresAt === undefined) return [{ reason: { code: 'expiry-unreadable', tag, value } }];
  if (at > expiresAt.getTime()) return [];
  return [{ reason: { code: 'not-expired', tag, expiresAt }, endsAt: expiresAt.getTime() + 1 }];
}

/** Why an expiry rule does not keep an image. */
export function expiryDueReasons(image: Image, { expireTag: tag }: ExpiryRule, at: number): DueReason[] {
  const expiredAt = readDate(tagValue(image.tags, tag) ?? '');
  if (expiredAt === undefined) return [];
  return [{ code: 'expired', tag, expiredAt, days: elapsedDays(at - expiredAt.getTime(), DAY) }];
}
