import {
  DescribeImageAttribute$,
  type DescribeImageAttributeRequest,
  DescribeImages$,
  type DescribeImagesRequest,
  type DescribeImagesResult,
  type Image,
  type ImageAttribute,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { IMAGE_ID, mustFind, pageSize, selected } from './parameters.ts';

const FIELDS: FilterFields<Image> = {
  architecture: (image) => [image.Architecture],
  'block-device-mapping.snapshot-id': (image) =>
    (image.BlockDeviceMappings ?? []).map((mapping) => mapping.Ebs?.SnapshotId),
  'creation-date': (image) => [image.CreationDate],
  description: (image) => [image.Description],
  'image-id': (image) => [image.ImageId],
  'is-public': (image) => [String(image.Public ?? false)],
  name: (image) => [image.Name],
  'owner-alias': (image) => [image.ImageOwnerAlias],
  'owner-id': (image) => [image.OwnerId],
  platform: (image) => [image.Platform],
  'root-device-type': (image) => [image.RootDeviceType],
  'source-image-id': (image) => [image.SourceImageId],
  'source-image-region': (image) => [image.SourceImageRegion],
  state: (image) => [image.State],
  'virtualization-type': (image) => [image.VirtualizationType],
};

/** An image of the account's own; anyone else's attributes and changes are refused. */
export function ownImage(state: AccountState, id: string | undefined): Image {
  const image = mustFind(state.images, id, IMAGE_ID);
  if (image.OwnerId === state.accountId) return image;
  throw new ServiceError('AuthFailure', `Not authorized for image:${image.ImageId}`, 403);
}

/** What exists, and what was deregistered so lately that EC2 still shows it. */
function visible({ state, now }: Context): ReadonlyMap<string, Image> {
  const lingering = [...state.lingering].filter(([, entry]) => entry.until > now);
  return lingering.length === 0
    ? state.images
    : new Map([...lingering.map(([id, entry]) => [id, entry.image] as const), ...state.images]);
}

function isShown(image: Image, input: DescribeImagesRequest, { state, now }: Context): boolean {
  const isOwn = image.OwnerId === state.accountId;
  if (image.State === 'disabled' && (input.IncludeDisabled !== true || !isOwn)) return false;
  if (isOwn || input.IncludeDeprecated === true || image.DeprecationTime === undefined) return true;
  return new Date(image.DeprecationTime) > now;
}

function isOwnedBy(image: Image, owners: readonly string[] | undefined, accountId: string): boolean {
  if (owners === undefined || owners.length === 0) return true;
  return owners.some(
    (owner) => (owner === 'self' ? accountId : owner) === image.OwnerId || owner === image.ImageOwnerAlias,
  );
}

function mayLaunch(image: Image, users: readonly string[] | undefined, state: AccountState): boolean {
  if (users === undefined || users.length === 0) return true;
  const permissions = state.launchPermissions.get(image.ImageId ?? '') ?? [];
  return users.some((user) =>
    user === 'all'
      ? permissions.some((permission) => permission.Group === 'all')
      : permissions.some((permission) => permission.UserId === (user === 'self' ? state.accountId : user)),
  );
}

function describeImages(input: DescribeImagesRequest, context: Context): DescribeImagesResult {
  const { state } = context;
  const size = pageSize(input.MaxResults, { min: 1, max: 1000 });
  const candidates = selected(visible(context), input.ImageIds, IMAGE_ID).filter(
    (image) =>
      isShown(image, input, context) &&
      isOwnedBy(image, input.Owners, state.accountId) &&
      mayLaunch(image, input.ExecutableUsers, state),
  );
  const page = context.pages.take(filtered(candidates, input.Filters, FIELDS), (image) => image.ImageId, {
    token: input.NextToken,
    size,
  });
  return { Images: page.items, NextToken: page.nextToken };
}

function describeImageAttribute(input: DescribeImageAttributeRequest, { state }: Context): ImageAttribute {
  const image = ownImage(state, input.ImageId);
  const ImageId = image.ImageId;
  switch (input.Attribute) {
    case 'launchPermission':
      return { ImageId, LaunchPermissions: state.launchPermissions.get(ImageId ?? '') ?? [] };
    case 'description':
      return { ImageId, Description: { Value: image.Description } };
    case 'productCodes':
      return { ImageId, ProductCodes: image.ProductCodes ?? [] };
    case 'blockDeviceMapping':
      return { ImageId, BlockDeviceMappings: image.BlockDeviceMappings ?? [] };
    case 'lastLaunchedTime':
      return { ImageId, LastLaunchedTime: { Value: image.LastLaunchedTime } };
    case 'deregistrationProtection':
      return { ImageId, DeregistrationProtection: { Value: image.DeregistrationProtection ?? 'disabled' } };
    default:
      throw new ServiceError(
        'InvalidParameterValue',
        `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`,
      );
  }
}

export const imageReads: readonly Operation[] = [
  read(DescribeImages$, describeImages),
  read(DescribeImageAttribute$, describeImageAttribute),
];
