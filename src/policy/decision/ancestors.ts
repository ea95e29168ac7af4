import type { Account } from '../../model/account.ts';
import { lineOf } from '../../model/ancestry.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Image } from '../../model/image.ts';
import type { Rule } from '../../model/policy.ts';
import { type Verdict, verdictWith } from './copies.ts';
import type { ImageEvaluation } from './image-evaluation.ts';
import type { Hold } from './protections.ts';

/** The name under which it is reported that AWS could not be asked what images were made from. */
export const IMAGE_ANCESTRY = 'image-ancestry';

/**
 * The holds of images from which others that stay were copied or made, by image id. Each names the first of those others,
 * in the order of their ids. Where AWS could not be asked about any line, all that could lie on it stay.
 */
export function ancestorHolds(evaluations: readonly ImageEvaluation[], account: Account): Map<ImageId, Hold> {
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
      let { ancestor } = lineOf(image, account, byId);
      // All that lies before one that was met already was met with it.
      while (ancestor && !met.has(ancestor.image.imageId)) {
        met.add(ancestor.image.imageId);
        if (ancestor.rule && keepsAncestors(ancestor.rule))
          holds.set(ancestor.image.imageId, { reason, ...(verdict === 'unsure' && { isUnsure: true }) });
        ({ ancestor } = lineOf(ancestor.image, account, byId));
      }
    }
  }
  if ([...account.ancestry.values()].some(({ status }) => status === 'unreadable')) {
    const unread: Hold = { reason: { code: 'source-unreadable', source: IMAGE_ANCESTRY }, isUnsure: true };
    for (const { image, rule } of evaluations)
      if (rule && keepsAncestors(rule) && !holds.has(image.imageId)) holds.set(image.imageId, unread);
  }
  return holds;
}

/** Whether a rule keeps what a kept image was made from. */
export function keepsAncestors(rule: Rule): boolean {
  return rule.kind === 'retention' && rule.keep.ancestorsOfKept;
}

/** Images by the nearest of the account's own from which each was copied or made. */
export type Derived = ReadonlyMap<ImageId | undefined, readonly Image[]>;

export function derivedFrom(account: Account): Derived {
  const own = new Map(account.images.map((image) => [image.imageId, image]));
  return Map.groupBy(account.images, (image) => lineOf(image, account, own).ancestor?.imageId);
}

/** Everything that was copied or made from an image, directly or through others; in a circle, itself too. */
export function madeFrom(imageId: ImageId, derived: Derived): Image[] {
  const found = new Map<ImageId, Image>();
  const open = [imageId];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const image of derived.get(next) ?? []) {
      if (found.has(image.imageId)) continue;
      found.set(image.imageId, image);
      open.push(image.imageId);
    }
  }
  return [...found.values()];
}
