import type { Tags } from './image.ts';

/** The value of an owner tag, as it stands; undefined where there is none or it is blank. */
export function ownerOf(tags: Tags, ownerTag: string): string | undefined {
  const value = Object.hasOwn(tags, ownerTag) ? tags[ownerTag] : undefined;
  return value === undefined || value.trim() === '' ? undefined : value;
}
