import type { Account } from '../model/account.ts';
import { lineOf, unaskedLines } from '../model/ancestry.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import { NOTHING } from '../plan/candidate.ts';
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
      // Where no rule keeps ancestors, its own line alone, for people to read.
      const keeps = policy.rules.some(keepsAncestors);
      const ancestry = unaskedLines(account, keeps ? account.images : images.flatMap((one) => chainOf(account, one)));
      const known = ancestry.length === 0 ? account : await reader.details(account, { ...NOTHING, ancestry });
      const derived = keeps ? derivedFrom(known) : new Map();
      const relatives = images.flatMap((one) => [...chainOf(known, one), ...madeFrom(one.imageId, derived)]);
      return reader.details(known, {
        ...NOTHING,
        sharing: asksForSharing(policy) ? [...new Set(relatives.map(({ imageId }) => imageId))] : [],
        publicUsage: policy.rules.some((rule) => rule.public)
          ? images.flatMap(({ imageId, isPublic }) => (isPublic ? imageId : []))
          : [],
        snapshotDetails: [...new Set(snapshotIds)],
        recycleBin: origin === undefined ? [] : [origin],
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

/** The image, and what it was copied or made from as far as that is the account's own. */
function chainOf(account: Account, image: Image): Image[] {
  const own = new Map(account.images.map((one) => [one.imageId, one]));
  const chain = new Set<Image>();
  for (let one: Image | undefined = image; one && !chain.has(one); one = lineOf(one, account, own).ancestor)
    chain.add(one);
  return [...chain];
}
