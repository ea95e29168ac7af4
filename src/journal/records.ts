import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { ImageRecord, JournalEntry, SnapshotRecord } from '../model/journal.ts';
import { type Base, imageRecord, snapshotRecord } from './schema.ts';

/** Everything that is recorded, as it stands after some entries. */
export interface Records {
  readonly images: Map<ImageId, ImageRecord>;
  readonly snapshots: Map<SnapshotId, SnapshotRecord>;
}

/** The records of a base, and none where there is no base yet. */
export function recordsOf(base: Base | undefined): Records {
  return { images: new Map(base?.images), snapshots: new Map(base?.snapshots) };
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
