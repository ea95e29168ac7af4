import type { Account, Sharing } from '../model/account.ts';
import type { Image } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import type { Hold } from './hold.ts';

/** The name under which unreadable launch permissions are reported. */
export const LAUNCH_PERMISSIONS = 'launch-permissions';

/** What is known of an image's sharing, where the policy cares. */
export function sharingOf(image: Image, account: Account, policy: Policy): Sharing | undefined {
  return policy.references.sharedImages === 'keep' ? account.sharing.get(image.imageId) : undefined;
}

/** Sharing keeps an image: what others run from it can't be seen from here. */
export function sharingHolds(sharing: Sharing | undefined, image: Image): Hold[] {
  if (sharing?.status !== 'read') return [];
  const { accounts, organizations, isPublic } = sharing;
  const holds: Hold[] = [];
  // Where the image itself says so, that is reason enough, once.
  if (isPublic && !image.isPublic) holds.push({ reason: { code: 'public' } });
  if (accounts.length > 0 || organizations.length > 0) {
    holds.push({ reason: { code: 'shared', accounts, organizations } });
  }
  return holds;
}
