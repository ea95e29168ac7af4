import type { Image, LaunchPermission } from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import type { Context } from '../operation.ts';
import { membershipArns } from '../organizations/state.ts';
import type { AccountState } from '../state.ts';
import { IMAGE_ID, mustFind } from './parameters.ts';

/** Whom a launch permission lets in, seen from one account. */
type Share = 'account' | 'organization' | 'public';

/** Another account's image that the caller may launch. */
export interface SharedImage {
  readonly owner: AccountState;
  readonly image: Image;
  readonly shares: ReadonlySet<Share>;
}

function shareOf(permission: LaunchPermission, accountId: string, memberOf: ReadonlySet<string>): Share | undefined {
  if (permission.UserId === accountId) return 'account';
  if (permission.Group === 'all') return 'public';
  const arn = permission.OrganizationArn ?? permission.OrganizationalUnitArn;
  return arn !== undefined && memberOf.has(arn) ? 'organization' : undefined;
}

/** Things are replaced, not altered in place, so that what others see of an image can be kept as long as the image is. */
const seenByOthers = new WeakMap<Image, Image>();

/**
 * A shared image as others see it. What its owner tagged stays the owner's, and so does when it was last launched.
 * That its source is the owner's too is unconfirmed.
 */
function asOthersSee(image: Image): Image {
  const known = seenByOthers.get(image);
  if (known !== undefined) return known;
  const { LastLaunchedTime: _launched, SourceImageId: _source, SourceImageRegion: _region, ...rest } = image;
  const shown = { ...rest, Tags: [] };
  seenByOthers.set(image, shown);
  return shown;
}

/** Images of other accounts in this Region that the caller may launch; `ids` narrows them. */
export function sharedWithCaller(
  { caller, organization, others }: Pick<Context, 'caller' | 'organization' | 'others'>,
  ids?: readonly string[],
): SharedImage[] {
  const memberOf = membershipArns(organization, caller.accountId);
  // Many images may hold one and the same list.
  const sharesByList = new Map<readonly LaunchPermission[], ReadonlySet<Share>>();
  const sharesOf = (permissions: readonly LaunchPermission[]): ReadonlySet<Share> => {
    const known = sharesByList.get(permissions);
    if (known !== undefined) return known;
    const shares = new Set(permissions.flatMap((permission) => shareOf(permission, caller.accountId, memberOf) ?? []));
    sharesByList.set(permissions, shares);
    return shares;
  };
  return others().flatMap((owner) => {
    const candidates = ids?.filter((id) => owner.launchPermissions.has(id)) ?? [...owner.launchPermissions.keys()];
    return candidates.flatMap((id): SharedImage[] => {
      const image = owner.images.get(id);
      // Others' rows in a state are not its account's to share.
      if (image === undefined || image.OwnerId !== owner.accountId) return [];
      const shares = sharesOf(owner.launchPermissions.get(id) ?? []);
      return shares.size === 0 ? [] : [{ owner, image: asOthersSee(image), shares }];
    });
  });
}

/** An image of the account's own; attributes and changes of anyone else's are refused. */
export function ownImage(context: Context, id: string | undefined): Image {
  const { state } = context;
  const shared = id === undefined || state.images.has(id) ? undefined : sharedWithCaller(context, [id])[0]?.image;
  const image = shared ?? mustFind(state.images, id, IMAGE_ID);
  if (image.OwnerId === state.accountId) return image;
  throw new ServiceError('AuthFailure', `Not authorized for image:${image.ImageId}`, 403);
}
