import type { Account } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import { describedImage } from '../plan/orphans.ts';
import { derivedFrom, keepsAncestors, madeFrom } from '../policy/decision/ancestors.ts';
import { asksForSharing } from '../policy/decision/sharing.ts';
import type { AccountReader } from './account-reader.ts';

/**
 * Reads for some images, or one snapshot, what a plan reads only for those that come next: with whom they, what they
 * were copied from and what was made from them are shared, what else holds the snapshots, and whether a removal could be undone.
 * @param asked an image's id or name, or a snapshot's id
 */
export function narrowReader(reader: AccountReader, policy: Policy, asked: string): AccountReader {
  return {
    ...reader,
    account: async () => {
      const account = await reader.account();
      const images = account.images.filter((image) =>
        isAskedFor({ ...image, snapshotIds: snapshotIdsOf(image) }, asked),
      );
      const snapshot = account.snapshots.find(({ snapshotId }) => snapshotId === asked);
      if (images.length === 0 && snapshot === undefined) return account;
      const origin = images.length > 0 || snapshot === undefined ? undefined : describedImage(snapshot);
      const snapshotIds = [...images.flatMap(snapshotIdsOf), ...(snapshot ? [snapshot.snapshotId] : [])];
      const derived = derivedFrom(policy.rules.some(keepsAncestors) ? account.images : []);
      const relatives = images.flatMap((image) => [
        ...chainOf(account, image),
        ...madeFrom(image.imageId, derived).map(({ imageId }) => imageId),
      ]);
      return reader.details(account, {
        sharing: asksForSharing(policy) ? [...new Set(relatives)] : [],
        usage: [],
        snapshotDetails: [...new Set(snapshotIds)],
        recycleBin: origin === undefined ? [] : [origin],
        retentionRules: [],
      });
    },
  };
}

/** Whether an image is what was asked about: by its id, by its name, or by a snapshot that it maps. */
export function isAskedFor(
  image: Pick<Image, 'name'> & { readonly imageId: string; readonly snapshotIds: readonly string[] },
  asked: string,
): boolean {
  return image.imageId === asked || image.name === asked || image.snapshotIds.includes(asked);
}

/** The image, and what it was copied from where that lies among the account's images. */
function chainOf({ images, target }: Account, image: Image): ImageId[] {
  const byId = new Map(images.map((one) => [one.imageId, one]));
  const chain = new Set<ImageId>();
  let current: Image | undefined = image;
  while (current !== undefined && !chain.has(current.imageId)) {
    chain.add(current.imageId);
    const { sourceImageId, sourceImageRegion = target.region }: Image = current;
    current = sourceImageId === undefined || sourceImageRegion !== target.region ? undefined : byId.get(sourceImageId);
  }
  return [...chain];
}
