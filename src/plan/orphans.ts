import { readDate } from '../model/dates.ts';
import { type ImageId, isImageId } from '../model/ids.ts';
import type { Snapshot } from '../model/image.ts';
import { type JournalReading, snapshotRecordOf } from '../model/journal.ts';
import { TAG, tagValue } from '../model/tags.ts';

const ID = '(?:[0-9a-f]{17}|[0-9a-f]{8})';
/** EC2's own words; older ones end in the volume. */
const CREATED = new RegExp(`^Created by CreateImage\\(i-${ID}\\) for (ami-${ID})(?: from vol-${ID})?\\s*$`);
const COPIED = new RegExp(
  `^Copied for DestinationAmi (ami-${ID}) from SourceAmi ami-${ID} for SourceSnapshot snap-${ID}(?:[. ].*)?$`,
);

/** Whose a snapshot without an image may be. */
export type Origin =
  /** Claimed by this tool's own record before it deregistered the image, and held back since. */
  | { readonly kind: 'left-behind'; readonly imageId: ImageId }
  | Orphan
  /** This tool's tags name an image, and nothing else does: anyone can write those. */
  | { readonly kind: 'unproven'; readonly imageId: ImageId }
  | { readonly kind: 'unknown' };

/** Described by EC2 as made for an image; or deleted by this tool, and brought back. */
export interface Orphan {
  readonly kind: 'orphan';
  readonly imageId: ImageId;
  readonly isPutBack: boolean;
  /** When this tool first saw it so; absent where nothing proves that it did. */
  readonly orphanedAt?: Date;
  /** It carries a mark that would count, and there is no journal to bear it out. */
  readonly isUnproven?: boolean;
}

/**
 * The image that EC2's own description says a snapshot was made for. CreateImage makes snapshots of volumes: a copy with
 * its words was copied with the description, and is somebody's backup of an image that may lie in another Region.
 */
export function describedImage({ description, isCopy }: Pick<Snapshot, 'description' | 'isCopy'>): ImageId | undefined {
  const found = (isCopy === true ? undefined : CREATED.exec(description)?.[1]) ?? COPIED.exec(description)?.[1];
  return isImageId(found) ? found : undefined;
}

/**
 * What an unmapped snapshot says of the image it was made for. Tags and descriptions are anyone's: only a record of
 * this tool's own says that it claimed the snapshot, or since when that has been an orphan. The tags must still be there
 * beside it, since people take them off to keep a snapshot.
 */
export function originOf(snapshot: Snapshot, journal: JournalReading, at: number): Origin {
  const record = snapshotRecordOf(journal, snapshot.snapshotId);
  const tagged = tagValue(snapshot.tags, TAG.image);
  const claimed = record?.claimed;
  if (claimed && claimed.state !== 'held') {
    const { imageId } = claimed;
    return { kind: 'orphan', imageId, isPutBack: true, ...markOf(snapshot, imageId, journal, at, claimed.at) };
  }
  const isMarked = tagValue(snapshot.tags, TAG.orphanedAt) !== undefined;
  if (claimed && tagged === claimed.imageId && !isMarked) return { kind: 'left-behind', imageId: claimed.imageId };
  const imageId = describedImage(snapshot);
  if (imageId) return { kind: 'orphan', imageId, isPutBack: false, ...markOf(snapshot, imageId, journal, at) };
  return isImageId(tagged) ? { kind: 'unproven', imageId: tagged } : { kind: 'unknown' };
}

/**
 * Since when a snapshot has been an orphan: its tag and the record must both say so, of this image, and the later counts.
 * @param after what was seen before does not count: the snapshot was deleted then, and brought back
 */
function markOf(
  snapshot: Snapshot,
  imageId: ImageId,
  journal: JournalReading,
  at: number,
  after?: Date,
): Pick<Orphan, 'orphanedAt' | 'isUnproven'> {
  const tagged = readDate(tagValue(snapshot.tags, TAG.orphanedAt) ?? '')?.getTime();
  const isTagged = tagValue(snapshot.tags, TAG.image) === imageId && tagged !== undefined && tagged <= at;
  if (!isTagged) return {};
  if (journal.status !== 'read') return { isUnproven: tagged >= (snapshot.startTime?.getTime() ?? 0) };
  const orphaned = snapshotRecordOf(journal, snapshot.snapshotId)?.orphaned;
  if (orphaned?.imageId !== imageId || (after && orphaned.at < after)) return {};
  return { orphanedAt: new Date(Math.max(tagged, orphaned.at.getTime())) };
}
