import { readDate } from './dates.ts';
import type { Image, Tags } from './image.ts';
import { type ImageRecord, imageRecordOf, type JournalReading } from './journal.ts';

/** The tags that this tool writes or reads; IAM conditions rest on these names. */
export const TAG = {
  deprecatedAt: 'ami-janitor:deprecated-at',
  deregisterAfter: 'ami-janitor:deregister-after',
  rule: 'ami-janitor:rule',
  run: 'ami-janitor:run',
  /** On snapshots, before their image is deregistered: the image they belong to. */
  image: 'ami-janitor:image',
  /** On snapshots that others orphaned: when this tool first saw them so (UTC, ISO 8601). */
  orphanedAt: 'ami-janitor:orphaned-at',
  /** On images that this tool disabled: when. Without it a disabled image is someone else's doing and is never enabled. */
  disabledAt: 'ami-janitor:disabled-at',
  /** On images, before they are disabled: whom they were shared with. Further ones end in `-2`, `-3`, … */
  launchPermissions: 'ami-janitor:launch-permissions',
  /** On images: the DeprecationTime that someone else had set, from before this tool's own. */
  previousDeprecationTime: 'ami-janitor:previous-deprecation-time',
  /** On snapshots that outlive their image by its rule's word (`snapshots: keep`): no orphans, whatever becomes due. */
  kept: 'ami-janitor:kept',
  /** On images, before they are deregistered: the run that does it, so that a restore finds what it removed. */
  deregisterRun: 'ami-janitor:deregister-run',
  /** On images in use: the run that turned EC2's deregistration protection on, `begun RUN_ID` until it has. */
  protectRun: 'ami-janitor:protect-run',
  /** On snapshots, before they are archived: when. Without it an archived snapshot is someone else's doing and is never restored. */
  archivedAt: 'ami-janitor:archived-at',
  /** On images and snapshots, before they are removed: `true`, for the retention rule that the deployment makes. */
  recycle: 'ami-janitor:recycle',
  /** On images: when their owner was notified that they are to go. The time of notice counts from then. */
  announcedAt: 'ami-janitor:announced-at',
  /** On images: when their owner was reminded that they go soon. */
  remindedAt: 'ami-janitor:reminded-at',
  /** On images, for people to read: until when their owner was promised that they stay (UTC, ISO 8601), or `none`. */
  promisedUntil: 'ami-janitor:promised-until',
  /** On what a restore brought back: the run that had removed it, so that a second restore says that it is back. */
  restored: 'ami-janitor:restored',
  /** From people: `true`, or a date until which the image stays. */
  keep: 'ami-janitor:keep',
} as const;

/** What the names of all of this tool's tags begin with. */
export const TAG_PREFIX = 'ami-janitor:';

/** A tag's value; keys such as `__proto__` or `constructor` are tags like any other. */
export function tagValue(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

/** The value of an owner tag, as it stands; undefined where there is none or it is blank. */
export function ownerOf(tags: Tags, ownerTag: string): string | undefined {
  const value = tagValue(tags, ownerTag);
  return value?.trim() === '' ? undefined : value;
}

/** What people asked for with `ami-janitor:keep`: for ever, until a date, or something that nobody can read. */
export type KeepValue =
  | { readonly kind: 'for-ever' }
  | { readonly kind: 'until'; readonly date: Date }
  /** It keeps, and is reported: unknown means keep. */
  | { readonly kind: 'unreadable' };

/** Reads the value of an `ami-janitor:keep` tag: the same for those who decide by it and for those who write it. */
export function readKeep(value: string): KeepValue {
  if (value.trim().toLowerCase() === 'true') return { kind: 'for-ever' };
  const date = readDate(value);
  return date === undefined ? { kind: 'unreadable' } : { kind: 'until', date };
}

/** Of two values of the tag the one that keeps longer; the first where they keep alike. Anything keeps longer than none. */
export function longerKeep(first: string | undefined, second: string): string;
export function longerKeep(first: string | undefined, second: string | undefined): string | undefined;
export function longerKeep(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return keptUntil(second) > keptUntil(first) ? second : first;
}

/** True where a value keeps for a shorter time than another. */
export function keepsShorter(value: string | undefined, than: string): boolean {
  return value === undefined || keptUntil(value) < keptUntil(than);
}

function keptUntil(value: string): number {
  const keep = readKeep(value);
  return keep.kind === 'until' ? keep.date.getTime() : Number.POSITIVE_INFINITY;
}

/** Two runs at once can leave the tag of one and the date of the other, some minutes apart. */
const TOLERANCE_MILLISECONDS = 600_000;

/**
 * True where an image's DeprecationTime is this tool's doing: it is the one that the tag says (or the record, where
 * there is one), and not a date that someone else had set and that was left as it is.
 */
export function isOwnDeprecation({ deprecationTime, tags }: Image, recordedAt?: Date): boolean {
  if (deprecationTime === undefined) return false;
  const time = deprecationTime.getTime();
  if (Date.parse(tags[TAG.previousDeprecationTime] ?? '') === time) return false;
  const claimed = [Date.parse(tags[TAG.deprecatedAt] ?? ''), recordedAt?.getTime() ?? Number.NaN];
  return claimed.some((deprecatedAt) => Math.abs(time - deprecatedAt) <= TOLERANCE_MILLISECONDS);
}

/** Whether it was this tool that disabled an image, so that it may enable it: by its journal, and by the tag where that can't be read. */
export function isDisabledByTool({ imageId, tags }: Image, journal: JournalReading): boolean {
  if (journal.status === 'read') return imageRecordOf(journal, imageId)?.disabled !== undefined;
  return tagValue(tags, TAG.disabledAt) !== undefined;
}

/** At most so many tags keep an image's launch permissions while it is disabled. */
export const MOST_PERMISSION_TAGS = 10;

/** The key of the first, second, … tag that keeps launch permissions. */
export function permissionTagKey(index: number): string {
  return index === 0 ? TAG.launchPermissions : `${TAG.launchPermissions}-${index + 1}`;
}

/** The keys of all tags that can keep them. */
export const PERMISSION_TAG_KEYS: readonly string[] = Array.from({ length: MOST_PERMISSION_TAGS }, (_, index) =>
  permissionTagKey(index),
);

/** The permissions that an image's tags keep: account ids, ARNs of organizations and units, or `all`. */
export function savedPermissions(tags: Tags): string[] {
  const values = PERMISSION_TAG_KEYS.map((key) => tags[key] ?? '');
  return [...new Set(values.flatMap((value) => value.split(',')).filter((permission) => permission !== ''))];
}

/**
 * Whom an image is to be shared with again, as far as this tool's own record of taking it away and the tags agree, and
 * whom only the tags name. Anyone can write those, and their owner may have taken entries out of them. Everybody is
 * never given anything back.
 */
export function permissionsToGiveBack(
  { tags }: Image,
  record: ImageRecord | undefined,
): { readonly giveBack?: readonly string[]; readonly unproven?: readonly string[] } {
  const taken = new Set([
    ...(record?.disabled?.launchPermissions ?? []),
    ...(record?.removing?.launchPermissions ?? []),
  ]);
  const saved = savedPermissions(tags);
  const giveBack = saved.filter((one) => one !== 'all' && taken.has(one));
  const unproven = saved.filter((one) => !giveBack.includes(one));
  return { ...(giveBack.length > 0 && { giveBack }), ...(unproven.length > 0 && { unproven }) };
}
