import * as z from 'zod';
import { isImageId, isSnapshotId } from '../model/ids.ts';
import { REFERENCE_KINDS } from '../model/reference.ts';

/** What the parts of a recording are made of. */
export const text = z.string();
export const count = z.number().int().nonnegative();
export const date = z.iso.datetime().transform((iso) => new Date(iso));
export const imageId = text.refine(isImageId, 'must be an image id');
export const snapshotId = text.refine(isSnapshotId, 'must be a snapshot id');
// Not z.record, which leaves out the key `__proto__`: it is a tag like any other, and might protect its image.
export const tags = z.unknown().transform((value, context) => {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const parsed = z.array(z.tuple([text, text])).safeParse(isRecord ? Object.entries(value) : value);
  if (parsed.success) return Object.fromEntries(parsed.data);
  context.addIssue({ code: 'custom', message: 'must hold tags: a text for each key' });
  return z.NEVER;
});

/** What is told of one reference. */
export const referenceFacts = {
  kind: z.enum(REFERENCE_KINDS),
  resource: text,
  detail: text.exactOptional(),
  namedBy: z.array(text),
  accountId: text.exactOptional(),
  region: text.exactOptional(),
};
