import * as z from 'zod';
import { imageRecord, snapshotRecord } from '../journal/records.ts';
import { imageId, snapshotId, text } from './fields.ts';

/** What this tool wrote down of its own acts, as a recording holds it. */
export const journal = z.discriminatedUnion('status', [
  z
    .strictObject({
      status: z.literal('read'),
      images: z.array(z.tuple([imageId, imageRecord])),
      snapshots: z.array(z.tuple([snapshotId, snapshotRecord])),
    })
    .transform(({ status, images, snapshots }) => ({
      status,
      images: new Map(images),
      snapshots: new Map(snapshots),
    })),
  z.strictObject({ status: z.literal('none') }),
  z.strictObject({ status: z.literal('unreadable'), error: text }),
]);
