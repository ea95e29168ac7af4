import type { ImageId, SnapshotId } from '../model/ids.ts';

/** A value as JSON holds it: dates as ISO 8601 UTC text, ids as plain text; for reading only. */
export type Serialized<T> = T extends Date
  ? string
  : T extends ImageId | SnapshotId
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Serialized<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Serialized<T[Key]> }
        : T;

/**
 * A value as JSON holds it, with its keys in the order they have. What is that already is not copied: the reasons of
 * every image and snapshot would lie in memory twice.
 */
export function toJson<T>(value: T): Serialized<T>;
export function toJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => toJson(item));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members: readonly (readonly [string, unknown])[] = Object.entries(value);
  const present = members.filter(([, item]) => item !== undefined).map(([key, item]) => [key, toJson(item)] as const);
  const same = present.length === members.length && present.every(([, item], index) => item === members[index]?.[1]);
  return same ? value : Object.fromEntries(present);
}

/** Orders by code units: the same everywhere, whatever the machine's language. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
