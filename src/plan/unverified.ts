import type { Account } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import { needsUsageReading } from '../policy/decision/cross-account-usage.ts';
import { asksForSharing } from '../policy/decision/sharing.ts';
import type { Candidate } from './candidate.ts';

/**
 * The images of which it is not known with whom they, or what they were copied from, are shared: a plan asks about those
 * that it acts on next, and no others. Empty where the policy does not make sharing matter.
 */
export function unverifiedImages(account: Account, policy: Policy, candidates: readonly Candidate[]): ImageId[] {
  if (!asksForSharing(policy)) return [];
  const waiting = new Set(
    candidates.flatMap(({ action, missing }) =>
      'imageId' in action && missing.sharing.length + missing.usage.length > 0 ? [action.imageId] : [],
    ),
  );
  return account.images
    .filter(
      (image) =>
        waiting.has(image.imageId) || !account.sharing.has(image.imageId) || needsUsageReading(image, account, policy),
    )
    .map(({ imageId }) => imageId);
}
