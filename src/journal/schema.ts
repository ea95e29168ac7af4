import * as z from 'zod';
import { isImageId, isSnapshotId } from '../model/ids.ts';
import type { ImageRecord, SnapshotRecord } from '../model/journal.ts';

/** The version of the objects' shape; a reader refuses any other, and everything is kept. */
export const JOURNAL_VERSION = 1;

const text = z.string();
const iso = z.iso.datetime().transform((value) => new Date(value));
/** As objects hold it, or as a fact has it that was just made. */
const time = z.union([z.date(), iso]);
const imageId = text.refine(isImageId, 'must be an image id');
const snapshotId = text.refine(isSnapshotId, 'must be a snapshot id');
const act = z.strictObject({ at: time, runId: text });
const promised = z.union([z.literal('none'), time]);

const refused = z.strictObject({
  action: text,
  reason: text,
  firstAt: time,
  lastAt: time,
  times: z.number().int().positive(),
});

/** Each fact by name; one that the model gets must stand here too, or this does not compile. */
const imageFacts = {
  deprecated: act,
  disabled: act.extend({ launchPermissions: z.array(text) }),
  reinstating: act,
  removing: act.extend({ launchPermissions: z.array(text).exactOptional() }),
  announced: z.strictObject({
    at: time,
    owner: text.exactOptional(),
    deregisterFrom: promised,
    disableFrom: promised,
    remindedAt: time.exactOptional(),
    isWithdrawn: z.literal(true).exactOptional(),
  }),
  refused,
} satisfies Record<keyof ImageRecord, z.ZodType>;

const snapshotFacts = {
  claimed: act.extend({ imageId, state: z.enum(['held', 'deleting', 'deleted']) }),
  orphaned: act.extend({ imageId }),
  refused,
} satisfies Record<keyof SnapshotRecord, z.ZodType>;

const { deprecated, disabled, reinstating, removing, announced, refused: refusedImage } = imageFacts;
const { claimed, orphaned, refused: refusedSnapshot } = snapshotFacts;

/** What is known of one image. */
export const imageRecord = z.strictObject({
  deprecated: deprecated.exactOptional(),
  disabled: disabled.exactOptional(),
  reinstating: reinstating.exactOptional(),
  removing: removing.exactOptional(),
  announced: announced.exactOptional(),
  refused: refusedImage.exactOptional(),
});

/** What is known of one snapshot. */
export const snapshotRecord = z.strictObject({
  claimed: claimed.exactOptional(),
  orphaned: orphaned.exactOptional(),
  refused: refusedSnapshot.exactOptional(),
});

const entry = z.union([
  z.strictObject({
    imageId,
    facts: z.strictObject({
      deprecated: deprecated.nullable().exactOptional(),
      disabled: disabled.nullable().exactOptional(),
      reinstating: reinstating.nullable().exactOptional(),
      removing: removing.nullable().exactOptional(),
      announced: announced.nullable().exactOptional(),
      refused: refusedImage.nullable().exactOptional(),
    }),
  }),
  z.strictObject({
    snapshotId,
    facts: z.strictObject({
      claimed: claimed.nullable().exactOptional(),
      orphaned: orphaned.nullable().exactOptional(),
      refused: refusedSnapshot.nullable().exactOptional(),
    }),
  }),
]);

/** What one run wrote at one moment. */
export const entryObject = z.strictObject({
  journalVersion: z.literal(JOURNAL_VERSION),
  runId: text,
  entries: z.array(entry),
});

/** All that was written up to a moment, with the names of the entry objects that it holds already. */
export const baseObject = z.strictObject({
  journalVersion: z.literal(JOURNAL_VERSION),
  images: z.array(z.tuple([imageId, imageRecord])),
  snapshots: z.array(z.tuple([snapshotId, snapshotRecord])),
  folded: z.array(z.strictObject({ name: text, at: time })),
});
export type Base = Readonly<z.output<typeof baseObject>>;
