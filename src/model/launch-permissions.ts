import type { Image, Tags } from './image.ts';
import type { ImageRecord } from './journal.ts';
import { TAG } from './tags.ts';

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
