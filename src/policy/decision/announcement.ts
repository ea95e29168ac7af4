import type { Image } from '../../model/image.ts';
import { type Announced, imageRecordOf, type JournalReading } from '../../model/journal.ts';
import type { Unannounced } from '../../model/reasons.ts';
import { ownerOf } from '../../model/tags.ts';
import { DAY } from '../../text/dates.ts';
import type { DeprecationMark } from './deprecation-tag.ts';

/** Whether an image's present owner was notified of what is to become of it. */
export type Announcement =
  | { readonly kind: 'none'; readonly because?: 'no-journal' }
  | { readonly kind: 'counts'; readonly announced: Announced }
  /** Someone was notified, and that does not count any more. */
  | { readonly kind: 'void'; readonly because: Unannounced; readonly announced: Announced };

/** What an announcement is judged by. */
interface Judged {
  readonly image: Image;
  readonly journal: JournalReading;
  /** The policy's `owners.tag`. */
  readonly ownerTag: string;
  readonly mark: DeprecationMark;
}

/**
 * What the record says; the tag is for people to read. An announcement counts for the owner whom it was given to, until
 * the image is launched again or reinstated, and where it came with the deprecation: at most a day before, on its eve.
 */
export function announcementOf({ image, journal, ownerTag, mark }: Judged): Announcement {
  if (journal.status !== 'read') return { kind: 'none', because: 'no-journal' };
  const announced = imageRecordOf(journal, image.imageId)?.announced;
  if (announced === undefined) return { kind: 'none' };
  const because = whyVoid(announced, ownerOf(image.tags, ownerTag), mark);
  return because === undefined ? { kind: 'counts', announced } : { kind: 'void', because, announced };
}

/** What the present owner was last notified of, whether it still counts as an announcement or not: nothing goes before it. */
export function lastPromise(announcement: Announcement): Announced | undefined {
  if (announcement.kind === 'none') return undefined;
  return announcement.kind === 'void' && announcement.because === 'owner-changed' ? undefined : announcement.announced;
}

function whyVoid(announced: Announced, owner: string | undefined, mark: DeprecationMark): Unannounced | undefined {
  if (announced.owner !== owner) return 'owner-changed';
  if (announced.isWithdrawn) return 'outdated';
  if (mark.kind !== 'deprecated') return undefined;
  const announcedAt = announced.at.getTime();
  if (mark.launchedAt && announcedAt < mark.launchedAt.getTime()) return 'launched-since';
  return announcedAt < mark.at.getTime() - DAY ? 'outdated' : undefined;
}
