import type { Account } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import { derivedFrom, keepsAncestors, madeFrom } from '../policy/decision/ancestors.ts';
import { asksForSharing } from '../policy/decision/sharing.ts';
import type { AccountReader } from './account-reader.ts';

/**
 * Reads for one image what a plan reads only for those that come next: with whom it, what it was copied
 * from and what was made from it are shared, and what else holds its snapshots.
 */
export function imageReader(reader: AccountReader, policy: Policy, imageId: ImageId): AccountReader {
  return {
    ...reader,
    account: async () => {
      const account = await reader.account();
      const chain = chainOf(account, imageId);
      const [image] = chain;
      if (image === undefined) return account;
      const followers = policy.rules.some(keepsAncestors) ? madeFrom(imageId, derivedFrom(account.images)) : [];
      return reader.details(account, {
        sharing: asksForSharing(policy) ? [...chain, ...followers].map((one) => one.imageId) : [],
        usage: [],
        snapshotDetails: snapshotIdsOf(image),
        recycleBin: [],
        retentionRules: [],
      });
    },
  };
}

/** The image, and what it was copied from where that lies among the account's images. */
function chainOf({ images, target }: Account, imageId: ImageId): Image[] {
  const byId = new Map(images.map((image) => [image.imageId, image]));
  const chain = new Map<ImageId, Image>();
  let current = byId.get(imageId);
  while (current !== undefined && !chain.has(current.imageId)) {
    chain.set(current.imageId, current);
    const { sourceImageId, sourceImageRegion = target.region } = current;
    current = sourceImageId === undefined || sourceImageRegion !== target.region ? undefined : byId.get(sourceImageId);
  }
  return [...chain.values()];
}
