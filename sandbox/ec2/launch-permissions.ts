import {
  CancelImageLaunchPermission$,
  type CancelImageLaunchPermissionRequest,
  type CancelImageLaunchPermissionResult,
  GetImageBlockPublicAccessState$,
  type GetImageBlockPublicAccessStateRequest,
  type LaunchPermission,
  ModifyImageAttribute$,
  type ModifyImageAttributeRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { IMAGE_ID, mustFind } from './parameters.ts';
import { ownImage, sharedWithCaller } from './shared-images.ts';

function keyOf(permission: LaunchPermission): string {
  return [permission.Group, permission.UserId, permission.OrganizationArn, permission.OrganizationalUnitArn].join('|');
}

/** Both ways of saying whom to add and whom to remove. */
function modificationsOf(input: ModifyImageAttributeRequest): {
  add: readonly LaunchPermission[];
  remove: readonly LaunchPermission[];
} {
  const listed: LaunchPermission[] = [
    ...(input.UserIds ?? []).map((UserId) => ({ UserId })),
    ...(input.UserGroups ?? []).map(() => ({ Group: 'all' as const })),
    ...(input.OrganizationArns ?? []).map((OrganizationArn) => ({ OrganizationArn })),
    ...(input.OrganizationalUnitArns ?? []).map((OrganizationalUnitArn) => ({ OrganizationalUnitArn })),
  ];
  return {
    add: [...(input.LaunchPermission?.Add ?? []), ...(input.OperationType === 'add' ? listed : [])],
    remove: [...(input.LaunchPermission?.Remove ?? []), ...(input.OperationType === 'remove' ? listed : [])],
  };
}

function modifyImageAttribute(input: ModifyImageAttributeRequest, context: Context): undefined {
  const { state } = context;
  const image = ownImage(context, input.ImageId);
  const ImageId = image.ImageId ?? '';
  if (input.Description !== undefined) {
    state.images.set(ImageId, { ...image, Description: input.Description.Value });
    return undefined;
  }
  const { add, remove } = modificationsOf(input);
  if (add.length + remove.length === 0)
    throw new ServiceError('InvalidParameterCombination', 'No attributes specified.');
  if (image.State !== 'available')
    throw new ServiceError('InvalidAMIID.Unavailable', `The image ID '${ImageId}' is no longer available`);
  const wrong = add.find((permission) => permission.UserId !== undefined && !/^\d{12}$/.test(permission.UserId));
  if (wrong !== undefined)
    throw new ServiceError(
      'InvalidAMIAttributeItemValue',
      `Invalid attribute item value "${wrong.UserId}" for userId item type.`,
    );
  const permissions = new Map(
    [...(state.launchPermissions.get(ImageId) ?? []), ...add].map((permission) => [keyOf(permission), permission]),
  );
  if (!image.Public && add.some(({ Group }) => Group === 'all')) checkPublic(state);
  for (const permission of remove) permissions.delete(keyOf(permission));
  state.launchPermissions.set(ImageId, [...permissions.values()]);
  state.images.set(ImageId, {
    ...image,
    Public: [...permissions.values()].some((permission) => permission.Group === 'all'),
  });
  return undefined;
}

/** The code of the second is unconfirmed. */
function checkPublic({ publicImages, images }: AccountState): void {
  if (publicImages.access !== 'unblocked')
    throw new ServiceError(
      'OperationNotPermitted',
      "You can't publicly share this image because block public access for AMIs is enabled for this account.",
    );
  if ([...images.values()].filter((one) => one.Public).length >= publicImages.quota)
    throw new ServiceError('ResourceLimitExceeded', 'You have reached your quota for the number of public images.');
}

function getBlockPublicAccess(_: GetImageBlockPublicAccessStateRequest, { state }: Context) {
  return { ImageBlockPublicAccessState: state.publicImages.access, ManagedBy: 'account' as const };
}

/**
 * Takes the caller's account out of another's image. Only a permission that names the account can go: what the
 * organization, a unit or everyone has stays, and EC2 refuses. Its codes for that are unconfirmed; an image that was
 * never shared is taken to be as unknown as to `DescribeImages`.
 */
function cancelLaunchPermission(
  input: CancelImageLaunchPermissionRequest,
  context: Context,
): CancelImageLaunchPermissionResult {
  const { state } = context;
  const ImageId = input.ImageId ?? '';
  const found = sharedWithCaller(context, [ImageId])[0];
  const image = found?.image ?? mustFind(state.images, input.ImageId, IMAGE_ID);
  if (image.OwnerId === state.accountId)
    throw new ServiceError('InvalidParameterValue', `The image ${ImageId} is owned by your account.`);
  if (found?.shares.has('account') !== true) {
    const message = `The image ${ImageId} is not shared with your account itself, so its launch permission cannot be cancelled.`;
    throw new ServiceError('OperationNotPermitted', message);
  }
  const { launchPermissions } = found.owner;
  const rest = (launchPermissions.get(ImageId) ?? []).filter(({ UserId }) => UserId !== state.accountId);
  launchPermissions.set(ImageId, rest);
  return { Return: true };
}

export const launchPermissionChanges: readonly Operation[] = [
  read(GetImageBlockPublicAccessState$, getBlockPublicAccess),
  write(ModifyImageAttribute$, modifyImageAttribute),
  write(CancelImageLaunchPermission$, cancelLaunchPermission),
];
