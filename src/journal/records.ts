import * as z from 'zod';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import type { ImageEntry, ImageRecord, JournalEntry, SnapshotEntry, SnapshotRecord } from '../model/journal.ts';

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
    deprecateFrom: time.exactOptional(),
    archiveFrom: promised.exactOptional(),
    remindedAt: time.exactOptional(),
    isWithdrawn: z.literal(true).exactOptional(),
  }),
  protected: act.extend({ state: z.enum(['changing', 'on']) }),
  refused,
} satisfies Record<keyof ImageRecord, z.ZodType>;

const snapshotFacts = {
  claimed: act.extend({ imageId, state: z.enum(['held', 'deleting', 'deleted']) }),
  orphaned: act.extend({ imageId }),
  archived: act.extend({ imageId }),
  refused,
} satisfies Record<keyof SnapshotRecord, z.ZodType>;

/** What is known of one image. */
export const imageRecord = z.strictObject(imageFacts).exactPartial();

/** What is known of one snapshot. */
export const snapshotRecord = z.strictObject(snapshotFacts).exactPartial();

/** Each fact, or null where an entry takes it away. */
function factsOf(facts: typeof imageFacts): z.ZodType<ImageEntry['facts']>;
function factsOf(facts: typeof snapshotFacts): z.ZodType<SnapshotEntry['facts']>;
function factsOf(facts: Readonly<Record<string, z.ZodType>>): z.ZodType {
  const nullable = Object.entries(facts).map(([name, fact]) => [name, fact.nullable()]);
  return z.strictObject(Object.fromEntries(nullable)).exactPartial();
}

const entry = z.union([
  z.strictObject({ imageId, facts: factsOf(imageFacts) }),
  z.strictObject({ snapshotId, facts: factsOf(snapshotFacts) }),
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

/** Everything that is recorded, as it stands after some entries. */
export interface Records {
  readonly images: Map<ImageId, ImageRecord>;
  readonly snapshots: Map<SnapshotId, SnapshotRecord>;
}

/** Writes an entry into the records: a fact replaces the one of its name, and `null` takes it away. */
export function apply({ images, snapshots }: Records, entry: JournalEntry): void {
  if ('imageId' in entry) {
    const record = imageRecord.parse(merged(images.get(entry.imageId), entry.facts));
    if (Object.keys(record).length === 0) images.delete(entry.imageId);
    else images.set(entry.imageId, record);
  } else {
    const record = snapshotRecord.parse(merged(snapshots.get(entry.snapshotId), entry.facts));
    if (Object.keys(record).length === 0) snapshots.delete(entry.snapshotId);
    else snapshots.set(entry.snapshotId, record);
  }
}

function merged(record: object | undefined, facts: object): object {
  return Object.fromEntries(Object.entries({ ...record, ...facts }).filter(([, fact]) => fact !== null));
}

const DAY = 86_400_000;
/** The Recycle Bin holds a thing for 365 days at most: what is gone for longer never comes back. */
const GONE_FOR_GOOD_DAYS = 400;

/**
 * Drops the records of what is long gone: not among what the account holds, and last written of so long ago that the
 * Recycle Bin can't hold it any more.
 */
export function prune({ images, snapshots }: Records, isThere: (id: string) => boolean, now: Date): void {
  const isOver = (id: string, record: object) =>
    !isThere(id) && newestTime(record) < now.getTime() - GONE_FOR_GOOD_DAYS * DAY;
  for (const [id, record] of images) if (isOver(id, record)) images.delete(id);
  for (const [id, record] of snapshots) if (isOver(id, record)) snapshots.delete(id);
}

/** The latest time that stands anywhere in a record. */
function newestTime(fact: unknown): number {
  if (fact instanceof Date) return fact.getTime();
  if (typeof fact !== 'object' || fact === null) return Number.NEGATIVE_INFINITY;
  return Math.max(Number.NEGATIVE_INFINITY, ...Object.values(fact).map(newestTime));
}
