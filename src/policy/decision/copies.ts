import type { Target } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Image } from '../../model/image.ts';
import type { Hold } from './protections.ts';

/** What must be known of an image to decide whether its copies are kept with it. */
export interface CopyCandidate {
  readonly image: Image;
  /** Kept for a reason of its own. */
  readonly kept: boolean;
  /** Whether anything keeps it is not known, so it stays for now. */
  readonly unsure: boolean;
  /** Its rule keeps copies of kept images. */
  readonly copiesOfKept: boolean;
}

/** A candidate that is a copy, of a rule that keeps copies. */
type Copy = CopyCandidate & { readonly image: { readonly sourceImageId: ImageId } };

/** A copy that is held by its source; unsure where that stays only because its use is not known. */
export interface CopyHold extends Hold {
  readonly unsure: boolean;
}

type Verdict = 'kept' | 'unsure' | 'due' | 'unknown';

/**
 * The holds of images that are copies, by image id. A copy of a copy is kept with the first of them. A source that is
 * not among the account's images can't be judged, and a circle of sources can't be true: both keep.
 */
export function copyHolds(candidates: readonly CopyCandidate[], target: Target): Map<ImageId, CopyHold> {
  const holds = new Map<ImageId, CopyHold>();
  const copies = candidates.filter(isCopy);
  if (copies.length === 0) return holds;
  const byId = new Map(candidates.map((candidate) => [candidate.image.imageId, candidate]));
  const settled = new Map<ImageId, Verdict>();

  for (const copy of copies) {
    const chain = new Map<ImageId, Copy>();
    let current: CopyCandidate | undefined = copy;
    while (current && isCopy(current) && !settled.has(current.image.imageId) && !chain.has(current.image.imageId)) {
      chain.set(current.image.imageId, current);
      current = localSource(current.image, target, byId);
    }
    let source = current ? verdictOf(current, settled) : 'unknown';
    for (const candidate of [...chain.values()].reverse()) {
      const { imageId } = candidate.image;
      const hold = holdOf(candidate.image, target, source);
      if (hold) holds.set(imageId, hold);
      source = verdictWith(candidate, hold);
      settled.set(imageId, source);
    }
  }
  return holds;
}

/** The image that another was copied from, where it lies in the same Region and among the account's images. */
export function localSource<T>(image: Image, target: Target, byId: ReadonlyMap<ImageId, T>): T | undefined {
  if (image.sourceImageId === undefined) return undefined;
  if (image.sourceImageRegion !== undefined && image.sourceImageRegion !== target.region) return undefined;
  return byId.get(image.sourceImageId);
}

function isCopy(candidate: CopyCandidate): candidate is Copy {
  return candidate.copiesOfKept && candidate.image.sourceImageId !== undefined;
}

/** A copy that is not settled yet when it is met again closes a circle. */
function verdictOf(candidate: CopyCandidate, settled: ReadonlyMap<ImageId, Verdict>): Verdict {
  if (isCopy(candidate)) return settled.get(candidate.image.imageId) ?? 'kept';
  return verdictWith(candidate, undefined);
}

/** What holds for certain weighs more than what is unknown. */
function verdictWith({ kept, unsure }: CopyCandidate, hold: CopyHold | undefined): Verdict {
  if (kept || hold?.unsure === false) return 'kept';
  return unsure || hold ? 'unsure' : 'due';
}

function holdOf(
  { sourceImageId, sourceImageRegion }: Copy['image'],
  target: Target,
  source: Verdict,
): CopyHold | undefined {
  if (source === 'due') return undefined;
  const code = source === 'unknown' ? 'copy-source-unknown' : 'copy-of-kept';
  const reason = { code, sourceImageId, sourceRegion: sourceImageRegion ?? target.region } as const;
  return { reason, unsure: source === 'unsure' };
}
