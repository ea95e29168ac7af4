import type { Target } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import { type Image, localSource } from '../../model/image.ts';
import type { Rule } from '../../model/policy.ts';
import { type Verdict, verdictWith } from './copies.ts';
import type { ImageEvaluation } from './image-evaluation.ts';
import type { Hold } from './protections.ts';

/**
 * The holds of images from which others that stay were copied or made, by image id: as far as the images between them
 * are still in the account and Region. Each names the first of those others, in the order of their ids.
 */
export function ancestorHolds(evaluations: readonly ImageEvaluation[], target: Target): Map<ImageId, Hold> {
  const holds = new Map<ImageId, Hold>();
  if (!evaluations.some(({ rule }) => rule && keepsAncestors(rule))) return holds;
  const byId = new Map(evaluations.map((one) => [one.image.imageId, one]));
  const descendants = evaluations.toSorted((a, b) => (a.image.imageId < b.image.imageId ? -1 : 1));
  const met = new Set<ImageId>();
  // What stays for certain comes first: what it reaches needs no doubt.
  for (const verdict of ['kept', 'unsure'] satisfies Verdict[]) {
    for (const { image, ...rest } of descendants) {
      if (verdictWith({ image, ...rest }) !== verdict) continue;
      const reason = { code: 'ancestor-of-kept', imageId: image.imageId } as const;
      let ancestor = localSource(image, target, byId);
      // All that lies before one that was met already was met with it.
      while (ancestor && !met.has(ancestor.image.imageId)) {
        met.add(ancestor.image.imageId);
        if (ancestor.rule && keepsAncestors(ancestor.rule))
          holds.set(ancestor.image.imageId, { reason, ...(verdict === 'unsure' && { isUnsure: true }) });
        ancestor = localSource(ancestor.image, target, byId);
      }
    }
  }
  return holds;
}

/** Whether a rule keeps what a kept image was made from. */
export function keepsAncestors(rule: Rule): boolean {
  return rule.kind === 'retention' && rule.keep.ancestorsOfKept;
}

/** Images by the one that each was copied or made from. */
export type Derived = ReadonlyMap<ImageId | undefined, readonly Image[]>;

export function derivedFrom(images: readonly Image[]): Derived {
  return Map.groupBy(images, ({ sourceImageId }) => sourceImageId);
}

/** Everything that was copied or made from an image, directly or through others. */
export function madeFrom(imageId: ImageId, derived: Derived): Image[] {
  const found = new Map<ImageId, Image>();
  const open = [imageId];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const image of derived.get(next) ?? []) {
      if (image.imageId === imageId || found.has(image.imageId)) continue;
      found.set(image.imageId, image);
      open.push(image.imageId);
    }
  }
  return [...found.values()];
}
