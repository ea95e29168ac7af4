import type { KeepReason } from '../model/decision.ts';
import type { Image } from '../model/image.ts';
import type { Duration } from '../model/policy.ts';
import { TAG } from '../model/tags.ts';
import { readDate } from './dates.ts';
import { tagValue } from './tag-match.ts';
import { DAY, elapsedDays, limitDays } from './time.ts';

/** What an image's own tag says about its owner having been told. */
export type Announcement =
  | { readonly kind: 'none' }
  | { readonly kind: 'told'; readonly at: Date }
  /** From before the image existed or long before it was deprecated: of its source, or of another time that it was due. */
  | { readonly kind: 'stale' }
  /** Not a date, or one that has not come. */
  | { readonly kind: 'unreadable'; readonly value: string };

/**
 * Reads `ami-janitor:announced-at`.
 * @param deprecatedAt when this tool deprecated the image; its owner may have been told on the eve of that
 */
export function announcementOf(image: Image, deprecatedAt: Date | undefined, at: number): Announcement {
  const value = tagValue(image.tags, TAG.announcedAt);
  if (value === undefined) return { kind: 'none' };
  const announcedAt = readDate(value);
  if (announcedAt === undefined || announcedAt.getTime() > at) return { kind: 'unreadable', value };
  const told = announcedAt.getTime();
  const isCopied = image.creationDate !== undefined && told < image.creationDate.getTime();
  const isOld = deprecatedAt !== undefined && told < deprecatedAt.getTime() - DAY;
  return isCopied || isOld ? { kind: 'stale' } : { kind: 'told', at: announcedAt };
}

/** Until when an image stays that was announced so; for ever where only telling its owner can begin that time. */
export function noticeEnd(announcement: Announcement, notice: Duration): number {
  return announcement.kind === 'told' ? announcement.at.getTime() + notice.milliseconds : Infinity;
}

/** Why an image whose time has come stays for its owner's sake; undefined where the owner had the time to object. */
export function noticeReason(announcement: Announcement, notice: Duration, at: number): KeepReason | undefined {
  const ofDays = limitDays(notice.milliseconds);
  if (announcement.kind !== 'told') {
    const value = announcement.kind === 'unreadable' ? { value: announcement.value } : {};
    return { code: 'not-announced', noticeDays: ofDays, ...value };
  }
  const elapsed = at - announcement.at.getTime();
  if (elapsed >= notice.milliseconds) return undefined;
  const days = elapsedDays(elapsed, notice.milliseconds);
  return { code: 'notice-running', announcedAt: announcement.at, days, ofDays };
}
