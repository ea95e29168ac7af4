import type { Account, Sharing } from '../../model/account.ts';
import type { CrossAccountUsage } from '../../model/cross-account-usage.ts';
import type { Image } from '../../model/image.ts';
import { savedPermissions } from '../../model/launch-permissions.ts';
import type { Policy } from '../../model/policy.ts';
import type { KeepReason } from '../../model/reasons.ts';
import type { Hold } from './hold.ts';

/** The name under which unreadable launch permissions are reported. */
export const LAUNCH_PERMISSIONS = 'launch-permissions';

/** With whom an image is shared, where that could be read. */
export type SharedWith = Extract<Sharing, { readonly status: 'read' }>;

/** What sharing makes of an image: what keeps it for certain, and what might and can't be told. */
export interface SharingVerdict {
  readonly holds: readonly Hold[];
  readonly unknowns: readonly KeepReason[];
}

/** Whether nothing may happen to an image before it was read with whom it is shared. */
export function asksForSharing({ references, targets }: Policy): boolean {
  return references.sharedImages === 'keep' || targets !== undefined;
}

/** What is known of an image's sharing, where the policy cares. */
export function sharingOf(image: Image, account: Account, policy: Policy): Sharing | undefined {
  return asksForSharing(policy) ? account.sharing.get(image.imageId) : undefined;
}

/** What a shared image's fate is judged by beside references, where it is not kept for being shared at all. */
export function judgedBy(
  { crossAccountUsage }: Account,
  { references, targets }: Policy,
): CrossAccountUsage | undefined {
  return references.sharedImages === 'evaluate' && targets !== undefined ? crossAccountUsage : undefined;
}

/**
 * With whom an image is shared, or was until this tool disabled it: disabling takes the permissions away, and those
 * who lost them may still name the image. Its owner's own entry shares nothing.
 */
export function sharedWith(image: Image, sharing: SharedWith): SharedWith {
  const saved = savedPermissions(image.tags);
  const isArn = (permission: string) => permission.startsWith('arn:');
  const accounts = [...sharing.accounts, ...saved.filter((one) => one !== 'all' && !isArn(one))];
  return {
    status: 'read',
    accounts: [...new Set(accounts)].filter((accountId) => accountId !== image.ownerId),
    organizations: [...new Set([...sharing.organizations, ...saved.filter(isArn)])],
    isPublic: sharing.isPublic || saved.includes('all'),
  };
}

/**
 * Where one account alone was looked at, sharing keeps an image: what others run from it can't be seen from there. A
 * policy that would judge it by others' use says that this is not known, and so reinstates nothing.
 */
export function verdictAlone(image: Image, sharing: SharedWith, { references, targets }: Policy): SharingVerdict {
  const { accounts, organizations, isPublic } = targets === undefined ? sharing : sharedWith(image, sharing);
  const holds = publicHolds(isPublic, image);
  if (accounts.length === 0 && organizations.length === 0) return { holds, unknowns: [] };
  const reason = { code: 'shared', accounts, organizations } as const;
  return references.sharedImages === 'keep'
    ? { holds: [...holds, { reason }], unknowns: [] }
    : { holds, unknowns: [reason] };
}

/** Where the image itself says so, that is reason enough, once. */
export function publicHolds(isPublic: boolean, image: Image): Hold[] {
  return isPublic && !image.isPublic ? [{ reason: { code: 'public' } }] : [];
}
