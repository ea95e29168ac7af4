import { type ImageId, isImageId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { TAG } from '../model/tags.ts';
import { readDate } from '../policy/dates.ts';
import { tagValue } from '../policy/tag-match.ts';

const ID = '(?:[0-9a-f]{17}|[0-9a-f]{8})';
/** EC2's own words; older ones end in the volume. */
const CREATED = new RegExp(`^Created by CreateImage\\(i-${ID}\\) for (ami-${ID})(?: from vol-${ID})?\\s*$`);
const COPIED = new RegExp(
  `^Copied for DestinationAmi (ami-${ID}) from SourceAmi ami-${ID} for SourceSnapshot snap-${ID}(?:[. ].*)?$`,
);
const RUN_START = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-/;

/** Whose a snapshot without an image may be. */
export type Origin =
  /** Tagged by this tool before it deregistered the image. */
  | { readonly kind: 'left-behind'; readonly imageId: ImageId }
  /** Described by EC2 as made for an image; `orphanedAt` is this tool's mark. */
  | { readonly kind: 'described'; readonly imageId: ImageId; readonly orphanedAt?: Date }
  | { readonly kind: 'unknown' };

/** The image that EC2's own description says a snapshot was made for. */
export function describedImage(description: string): ImageId | undefined {
  const found = CREATED.exec(description)?.[1] ?? COPIED.exec(description)?.[1];
  return isImageId(found) ? found : undefined;
}

/**
 * What an unmapped snapshot tells of the image it was made for. Marks from before the snapshot existed were copied
 * with the tags of another, marks from the future can't be true, and a mark counts only where it names the image that
 * the description names: all others are as if they were not there.
 */
export function originOf(snapshot: Snapshot, at: number): Origin {
  const tagged = tagValue(snapshot.tags, TAG.image);
  const orphaned = tagValue(snapshot.tags, TAG.orphanedAt);
  if (isImageId(tagged) && orphaned === undefined && isOfARun(snapshot))
    return { kind: 'left-behind', imageId: tagged };
  const imageId = describedImage(snapshot.description);
  if (imageId === undefined) return { kind: 'unknown' };
  const orphanedAt = orphaned === undefined ? undefined : readDate(orphaned);
  const start = snapshot.startTime?.getTime() ?? 0;
  const counts = orphanedAt && tagged === imageId && orphanedAt.getTime() <= at && orphanedAt.getTime() >= start;
  return { kind: 'described', imageId, ...(counts && { orphanedAt }) };
}

/**
 * True where a run tagged the snapshot itself. A mark of an orphan names no run, so that someone who takes its date off
 * has it marked anew, not deleted; a run's tag that is older than the snapshot came with the tags of the snapshot it
 * was copied from.
 */
function isOfARun({ tags, startTime }: Snapshot): boolean {
  const run = tagValue(tags, TAG.run);
  if (run === undefined) return false;
  const [, year, month, day, hour, minute, second] = RUN_START.exec(run) ?? [];
  if (year === undefined || !startTime) return true;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) >= startTime.getTime();
}
