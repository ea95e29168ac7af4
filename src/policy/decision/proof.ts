import { readDate } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import { type Announced, type InUseProtection, imageRecordOf, type JournalReading } from '../../model/journal.ts';
import type { Unannounced } from '../../model/reasons.ts';
import { isOwnDeprecation, ownerOf, TAG, tagValue } from '../../model/tags.ts';
import { DAY } from '../../text/format.ts';

/** What is known of this tool's deprecation of an image. */
export type DeprecationMark =
  | { readonly kind: 'none' }
  | Deprecated
  /** The tag is there and this tool's deprecation is not: as if the image were not deprecated. */
  | { readonly kind: 'stale' }
  /** The tag is there, nothing proves it, and the image is deprecated by another date. */
  | { readonly kind: 'no-record' }
  | { readonly kind: 'unreadable'; readonly value: string };

/** This tool deprecated the image, which is shown by more than a tag. */
interface Deprecated {
  readonly kind: 'deprecated';
  readonly at: Date;
  /** A launch since: every wait begins anew with it. */
  readonly launchedAt?: Date;
}

/** The date that EC2 is sent lies minutes ahead, and clocks differ; more than this is no date that this tool wrote. */
const AHEAD = 3_600_000;
/** EC2 rounds to the minute. */
const ROUNDING = 600_000;

/**
 * Reads `ami-janitor:deprecated-at`, and what proves it. Anyone can write the tag and copy it, so it counts as far as
 * the journal bears it out, or, where none is kept, AWS's own DeprecationTime; and of the dates the latest counts.
 * Without the tag the time begins anew, since people take it off for that.
 */
export function deprecationMark(image: Image, journal: JournalReading, at: number): DeprecationMark {
  const value = tagValue(image.tags, TAG.deprecatedAt);
  if (value === undefined) return { kind: 'none' };
  const tagged = readDate(value)?.getTime();
  if (tagged === undefined || tagged > at + AHEAD) return { kind: 'unreadable', value };
  const recorded = imageRecordOf(journal, image.imageId)?.deprecated?.at.getTime();
  const hasJournal = journal.status === 'read';
  // By the journal there was no deprecation without a record, however old the tag is.
  if (hasJournal ? recorded === undefined : isCopied(image, tagged)) return { kind: 'stale' };
  const deprecatedAt = Math.max(tagged, recorded ?? tagged);
  const inForce = image.deprecationTime?.getTime();
  // Nobody deprecated it, or someone put that off: the run ended in between, or it was lifted.
  if (inForce === undefined || inForce > Math.max(deprecatedAt + ROUNDING, at)) return { kind: 'stale' };
  return hasJournal || isOwnDeprecation(image) ? deprecated(image, inForce, deprecatedAt, at) : { kind: 'no-record' };
}

/** When the waits of a deprecated image began: with the deprecation, or with a launch since. */
export function startOfWaits({ at, launchedAt }: Deprecated): number {
  return (launchedAt ?? at).getTime();
}

/** A tag that is older than its image came with another's. */
export function isCopied({ creationDate }: Image, tagged: number): boolean {
  return creationDate !== undefined && tagged < creationDate.getTime();
}

/** AWS's own date counts too, once it is past: it can be the later one. */
function deprecated({ lastLaunchedTime }: Image, inForce: number, deprecatedAt: number, at: number): DeprecationMark {
  const time = inForce <= at ? Math.max(deprecatedAt, inForce) : deprecatedAt;
  const isLaunched = lastLaunchedTime !== undefined && lastLaunchedTime.getTime() > time;
  return { kind: 'deprecated', at: new Date(time), ...(isLaunched && { launchedAt: lastLaunchedTime }) };
}

/** Whether an image's present owner was notified of what is to become of it. */
export type Announcement =
  | { readonly counts: true; readonly announced: Announced; readonly because?: never }
  /** Nobody was notified, or that does not count any more. */
  | { readonly counts: false; readonly announced?: Announced; readonly because?: Unannounced };

interface Judged {
  readonly image: Image;
  readonly journal: JournalReading;
  /** The policy's `owners.tag`. */
  readonly ownerTag: string;
  readonly mark?: DeprecationMark;
}

/**
 * What the record says; the tag is for people to read. An announcement counts for the owner whom it was given to, until
 * the image is launched again or reinstated, and where it came with the deprecation: at most a day before, on its eve.
 */
export function announcementOf({ image, journal, ownerTag, mark }: Judged): Announcement {
  if (journal.status !== 'read') return { counts: false, because: 'no-journal' };
  const announced = imageRecordOf(journal, image.imageId)?.announced;
  if (announced === undefined) return { counts: false };
  const because = whyVoid(announced, image, ownerOf(image.tags, ownerTag), mark);
  return because === undefined ? { counts: true, announced } : { counts: false, because, announced };
}

/** What the present owner was last notified of, whether it still counts as an announcement or not: nothing goes before it. */
export function lastPromise({ announced, because }: Announcement): Announced | undefined {
  return because === 'owner-changed' ? undefined : announced;
}

function whyVoid(
  announced: Announced,
  { lastLaunchedTime }: Image,
  owner: string | undefined,
  mark: DeprecationMark | undefined,
): Unannounced | undefined {
  if (announced.owner !== owner) return 'owner-changed';
  if (announced.isWithdrawn) return 'outdated';
  const { deprecateFrom } = announced;
  if (mark?.kind !== 'deprecated' && deprecateFrom === undefined) return undefined;
  const announcedAt = announced.at.getTime();
  // Between its eve and the deprecation too, which no wait counts from.
  if (lastLaunchedTime && announcedAt < lastLaunchedTime.getTime()) return 'launched-since';
  if (mark?.kind !== 'deprecated') return undefined;
  return Math.max(announcedAt, deprecateFrom?.getTime() ?? 0) < mark.at.getTime() - DAY ? 'outdated' : undefined;
}

/** This tool never asks for the cooldown; any other word is somebody else's protection. */
const OWN_WORD = 'enabled-without-cooldown';

/**
 * This tool's own protection of an image: its record says so, the tag names the same run, and EC2 shows what that turned
 * on. Anything less counts as a person's: the tag is a claim, and people take it off to make the protection theirs.
 */
export function ownProtection(
  { imageId, tags, ...image }: Image,
  journal: JournalReading,
): InUseProtection | undefined {
  const record = imageRecordOf(journal, imageId)?.protected;
  const isOwn = image.deregistrationProtection === OWN_WORD && tagValue(tags, TAG.protectRun) === record?.runId;
  return isOwn ? record : undefined;
}

/** Whether somebody turned off what this tool had turned on; without a journal, whether that may be. */
export function isProtectionTurnedOff({ imageId, tags }: Image, journal: JournalReading): boolean {
  if (journal.status === 'none') return tagValue(tags, TAG.protectRun) !== undefined;
  return imageRecordOf(journal, imageId)?.protected?.state === 'on';
}
