import type { Tags } from './image.ts';
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
