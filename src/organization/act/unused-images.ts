import type { Account } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import { classOf } from '../../model/reasons.ts';
import { compileProtections, protectionHolds } from '../../policy/decision/protections.ts';
import { unreadableSources } from '../../policy/decision/sources.ts';

/** What is to become of an image that another account shares. */
export interface SharedImage {
  readonly imageId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly verdict: 'used' | 'protected' | 'unknown' | 'waiting' | 'due';
  /** Since when nothing here has used it, as far as runs have seen. */
  readonly unusedSince?: string;
}

/** Since when images were seen unused, by image id. */
export type UnusedSince = ReadonlyMap<string, Date>;

/**
 * Judges the images that others share with an account: one that nothing there has used in any run for so long is due.
 * The time counts from the first run that saw it unused; one that is used, or can't be judged, begins anew later.
 */
export function judgeShared(
  images: readonly Image[],
  account: Account,
  policy: Policy,
  since: UnusedSince,
  at: Date,
): SharedImage[] {
  const after = policy.sharedWithAccount?.cancelUnusedAfter.milliseconds ?? Number.POSITIVE_INFINITY;
  const protections = compileProtections(policy.protect);
  const isUnread = unreadableSources(account).length > 0;
  return images.map((image): SharedImage => {
    const { imageId, name, ownerId } = image;
    const about = { imageId, name, ownerId };
    const isUsed = (account.references.images.get(imageId) ?? []).length > 0;
    if (isUsed) return { ...about, verdict: 'used' };
    // Where not everything could be read, the time that was counted so far stays as it is.
    const unusedSince = since.get(imageId);
    if (isUnread)
      return { ...about, verdict: 'unknown', ...(unusedSince && { unusedSince: unusedSince.toISOString() }) };
    const from = unusedSince ?? at;
    const known = { ...about, unusedSince: from.toISOString() };
    const holds = protectionHolds(image, protections, account.target, at.getTime());
    if (holds.some(({ reason }) => classOf(reason) === 'protection')) return { ...known, verdict: 'protected' };
    return { ...known, verdict: at.getTime() - from.getTime() >= after ? 'due' : 'waiting' };
  });
}
