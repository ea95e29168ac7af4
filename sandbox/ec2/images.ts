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
import { isAllowed } from './allowed-images.ts';
import { type FilterFields, filtered } from './filters.ts';
import { IMAGE_ID, mustFind, pageSize } from './parameters.ts';
import { ownImage, sharedWithCaller } from './shared-images.ts';

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
  if (isOwn || input.ImageIds?.length || input.IncludeDeprecated === true || image.DeprecationTime === undefined)
    return true;
  return new Date(image.DeprecationTime) > now;
}

function isOwnedBy(image: Image, owners: readonly string[] | undefined, accountId: string): boolean {
  if (owners === undefined || owners.length === 0) return true;
  return owners.some(
    (owner) => (owner === 'self' ? accountId : owner) === image.OwnerId || owner === image.ImageOwnerAlias,
  );
}

/**
 * Whether one of the users has a launch permission of its own for an image of the account: being its owner is none, and
 * an organization's permission is none for another account that is named.
 */
function mayLaunch(image: Image, users: readonly string[], state: AccountState): boolean {
  const permissions = state.launchPermissions.get(image.ImageId ?? '') ?? [];
  return users.some((user) =>
    user === 'all'
      ? permissions.some((permission) => permission.Group === 'all')
      : permissions.some((permission) => permission.UserId === (user === 'self' ? state.accountId : user)),
  );
}

/** What others shared, as `ExecutableUsers` narrows it: `self` is what names the account or its organization. */
function shared(input: DescribeImagesRequest, context: Context): Image[] {
  const owners = input.Owners ?? [];
  // The account's own images alone: with 50,000 of them nobody should look through everyone else's.
  if (owners.length > 0 && owners.every((owner) => owner === 'self' || owner === context.state.accountId)) return [];
  const users = input.ExecutableUsers ?? [];
  const isSelf = users.some((user) => user === 'self' || user === context.state.accountId);
  return sharedWithCaller(context, input.ImageIds?.length ? input.ImageIds : undefined)
    .filter(
      ({ image, shares }) =>
        isAllowed(image, context.state, context.now) &&
        (users.length === 0 ||
          (isSelf && (shares.has('account') || shares.has('organization'))) ||
          (users.includes('all') && shares.has('public'))),
    )
    .map(({ image }) => image);
}

/** The account's own images and those that others share with it; an id that names neither refuses the call. */
function candidatesOf(input: DescribeImagesRequest, context: Context): readonly Image[] {
  const users = input.ExecutableUsers ?? [];
  const own = visible(context);
  const others = shared(input, context);
  if (input.ImageIds?.length) {
    // Only what exists for the caller at all may be asked for, whatever else the call narrows.
    const known = sharedWithCaller(context, input.ImageIds).filter(({ image }) =>
      isAllowed(image, context.state, context.now),
    );
    const ids = new Set(known.map(({ image }) => image.ImageId));
    for (const id of input.ImageIds) if (!ids.has(id)) mustFind(own, id, IMAGE_ID);
  }
  const asked = input.ImageIds?.length ? input.ImageIds.flatMap((id) => own.get(id) ?? []) : [...own.values()];
  const launchable = users.length === 0 ? asked : asked.filter((image) => mayLaunch(image, users, context.state));
  return [...launchable, ...others];
}

function describeImages(input: DescribeImagesRequest, context: Context): DescribeImagesResult {
  const { state } = context;
  const size = pageSize(input.MaxResults, { min: 1, max: 1000 });
  const candidates = candidatesOf(input, context).filter(
    (image) => isShown(image, input, context) && isOwnedBy(image, input.Owners, state.accountId),
  );
  const page = context.pages.take(filtered(candidates, input.Filters, FIELDS), (image) => image.ImageId, {
    token: input.NextToken,
    size,
  });
  return { Images: page.items, NextToken: page.nextToken };
}

function describeImageAttribute(input: DescribeImageAttributeRequest, context: Context): ImageAttribute {
  const { state } = context;
  const image = ownImage(context, input.ImageId);
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
