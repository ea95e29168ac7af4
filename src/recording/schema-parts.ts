import * as z from 'zod';
import { isImageId, isSnapshotId } from '../model/ids.ts';

/*
 * What a recording's schema is made of.
 */

export const text = z.string();
export const count = z.number().int().nonnegative();
export const size = z.number().nonnegative();
export const date = z.iso.datetime().transform((iso) => new Date(iso));
export const imageId = text.refine(isImageId, 'must be an image id');
export const snapshotId = text.refine(isSnapshotId, 'must be a snapshot id');
/** Tags, by their keys or as a list. */
// Not z.record, which leaves out the key `__proto__`: it is a tag like any other, and might protect its image.
export const tags = z.unknown().transform((value, context) => {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const parsed = z.array(z.tuple([text, text])).safeParse(isRecord ? Object.entries(value) : value);
  if (parsed.success) return Object.fromEntries(parsed.data);
  context.addIssue({ code: 'custom', message: 'must hold tags: a text for each key' });
  return z.NEVER;
});

export const none = z.strictObject({ status: z.literal('none') });
export const unreadable = z.strictObject({ status: z.literal('unreadable'), error: text });
/** What was read, or why it could not be. */
export const readingOf = <Facts extends z.core.$ZodShape>(facts: Facts) =>
  z.discriminatedUnion('status', [z.strictObject({ status: z.literal('read'), ...facts }), unreadable]);
/** A map, as the list of its entries. */
export const mapOf = <Key, Value>(key: z.ZodType<Key>, value: z.ZodType<Value>) =>
  z.array(z.tuple([key, value])).transform((entries) => new Map(entries));
