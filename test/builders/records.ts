import type { Account } from '../../src/model/account.ts';
import { type ImageId, isImageId, type SnapshotId } from '../../src/model/ids.ts';
import type { Image, Snapshot, Tags } from '../../src/model/image.ts';
import type { Announced, ImageRecord, JournalReading, SnapshotRecord } from '../../src/model/journal.ts';
import { savedPermissions } from '../../src/model/tags.ts';

export const RUN_ID = '20261101T020000Z-0123abcd';

interface JournalWish {
  readonly images?: readonly (readonly [ImageId, ImageRecord])[];
  readonly snapshots?: readonly (readonly [SnapshotId, SnapshotRecord])[];
}

/** A journal that was read, and holds these records. */
export function aJournal({ images = [], snapshots = [] }: JournalWish = {}): JournalReading {
  return { status: 'read', images: new Map(images), snapshots: new Map(snapshots) };
}

/** An announcement that promised no more than it took: nothing goes before that moment. */
export function announced(at: Date, over: Partial<Announced> = {}): Announced {
  return { at, deregisterFrom: at, disableFrom: at, ...over };
}

/** The account with the journal that bears out what its images' and snapshots' own tags say. */
export function recorded(account: Account): Account {
  return {
    ...account,
    journal: aJournal({
      images: account.images.map((image) => [image.imageId, recordOf(image)]),
      snapshots: account.snapshots.map((snapshot) => [snapshot.snapshotId, snapshotRecordOf(snapshot)]),
    }),
  };
}

/** What this tool would have recorded with an image's tags. */
export function recordOf({ tags }: Pick<Image, 'tags'>): ImageRecord {
  const [deprecatedAt, disabledAt, announcedAt, remindedAt] = [
    'deprecated-at',
    'disabled-at',
    'announced-at',
    'reminded-at',
  ].map((name) => dateIn(tags, name));
  const owner = tags.Owner === undefined ? {} : { owner: tags.Owner };
  const launchPermissions = savedPermissions(tags);
  const protectedBy = tags['ami-janitor:protect-run'];
  return {
    ...(deprecatedAt && { deprecated: { at: deprecatedAt, runId: RUN_ID } }),
    ...(disabledAt && { disabled: { at: disabledAt, runId: RUN_ID, launchPermissions } }),
    ...(protectedBy && { protected: { at: new Date(0), runId: protectedBy, state: 'on' } }),
    ...(announcedAt && { announced: announced(announcedAt, { ...owner, ...(remindedAt && { remindedAt }) }) }),
  };
}

/** What this tool would have recorded with a snapshot's tags. */
export function snapshotRecordOf({ tags }: Pick<Snapshot, 'tags'>): SnapshotRecord {
  const imageId = tags['ami-janitor:image'];
  if (!isImageId(imageId)) return {};
  const orphanedAt = dateIn(tags, 'orphaned-at');
  if (tags['ami-janitor:orphaned-at'] !== undefined)
    return orphanedAt ? { orphaned: { at: orphanedAt, runId: RUN_ID, imageId } } : {};
  const runId = tags['ami-janitor:run'];
  return runId === undefined ? {} : { claimed: { at: new Date(0), runId, imageId, state: 'held' } };
}

function dateIn(tags: Tags, name: string): Date | undefined {
  const date = new Date(tags[`ami-janitor:${name}`] ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
