import type { Target } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import { localSource } from '../../model/image.ts';
import type { ImageEvaluation } from './image-evaluation.ts';
import type { Hold } from './protections.ts';

/** A copy, of a rule that keeps copies of kept images. */
type Copy = ImageEvaluation & { readonly image: { readonly sourceImageId: ImageId } };

/** What is found of an image; `unsure`: it stays, since it is not known whether anything keeps it. */
export type Verdict = 'kept' | 'unsure' | 'due' | 'unknown';

/**
 * The holds of images that are copies, by image id. A copy of a copy is kept with the first of them. A source that is
 * not among the account's images can't be judged, and a circle of sources can't be true: both keep.
 */
export function copyHolds(evaluations: readonly ImageEvaluation[], target: Target): Map<ImageId, Hold> {
  const holds = new Map<ImageId, Hold>();
  const copies = evaluations.filter(isCopy);
  if (copies.length === 0) return holds;
  const byId = new Map(evaluations.map((one) => [one.image.imageId, one]));
  const settled = new Map<ImageId, Verdict>();

  for (const copy of copies) {
    const chain = new Map<ImageId, Copy>();
    let current: ImageEvaluation | undefined = copy;
    while (current && isCopy(current) && !settled.has(current.image.imageId) && !chain.has(current.image.imageId)) {
      chain.set(current.image.imageId, current);
      current = localSource(current.image, target, byId);
    }
    let source = current ? verdictOf(current, settled) : 'unknown';
    for (const [imageId, one] of [...chain].reverse()) {
      const hold = holdOf(one.image, target, source);
      if (hold) holds.set(imageId, hold);
      source = verdictWith(one, hold);
      settled.set(imageId, source);
    }
  }
  return holds;
}

function isCopy(one: ImageEvaluation): one is Copy {
  return one.rule?.kind === 'retention' && one.rule.keep.copiesOfKept && one.image.sourceImageId !== undefined;
}

/** A copy that is not settled yet when it is met again closes a circle. */
function verdictOf(one: ImageEvaluation, settled: ReadonlyMap<ImageId, Verdict>): Verdict {
  return isCopy(one) ? (settled.get(one.image.imageId) ?? 'kept') : verdictWith(one);
}

/** What holds for certain weighs more than what is unknown. */
export function verdictWith({ holds, rule }: ImageEvaluation, copyHold?: Hold): Verdict {
  const all = copyHold ? [...holds, copyHold] : holds;
  if (!rule?.deprecate || all.some(({ isUnsure }) => !isUnsure)) return 'kept';
  return all.length > 0 ? 'unsure' : 'due';
}

function holdOf(
  { sourceImageId, sourceImageRegion }: Copy['image'],
  target: Target,
  source: Verdict,
): Hold | undefined {
  if (source === 'due') return undefined;
  const code = source === 'unknown' ? 'copy-source-unknown' : 'copy-of-kept';
  const reason = { code, sourceImageId, sourceRegion: sourceImageRegion ?? target.region } as const;
  return { reason, ...(source === 'unsure' && { isUnsure: true }) };
}
