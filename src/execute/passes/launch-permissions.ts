import { DescribeImageAttributeCommand, type EC2Client, type LaunchPermission } from '@aws-sdk/client-ec2';
import { BrokenAnswerError, listOf } from '../../aws/requests.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Tags } from '../../model/image.ts';
import { MOST_PERMISSION_TAGS, permissionTagKey } from '../../model/tags.ts';
import { TAG_VALUE_LENGTH } from './image-state.ts';
import type { Ending, PassContext } from './pass.ts';

const TOO_MANY_PERMISSIONS =
  'it is shared with more accounts and organizations than its tags can hold, so that they could not be given back';

/** Whom an image is shared with now: account ids, ARNs of organizations and units, or `all`. */
export async function readLaunchPermissions(ec2: EC2Client, imageId: ImageId): Promise<string[]> {
  const answer = await ec2.send(new DescribeImageAttributeCommand({ ImageId: imageId, Attribute: 'launchPermission' }));
  return listOf(answer.LaunchPermissions, 'LaunchPermissions').map(
    ({ Group, OrganizationArn, OrganizationalUnitArn, UserId }) => {
      const permission = Group ?? OrganizationArn ?? OrganizationalUnitArn ?? UserId;
      // It shares the image all the same, and could be neither saved nor given back.
      if (!permission) throw new BrokenAnswerError('the image has a launch permission of a kind that is not known');
      return permission;
    },
  );
}

/**
 * Whom an image is shared with, and the tags that keep that; or why the image stays.
 * @param earlier what tags of earlier runs hold, to be kept with it
 */
export async function permissionsToSave(
  { ec2, notes, sharedBefore }: PassContext,
  imageId: ImageId,
  earlier: readonly string[] = [],
): Promise<{ readonly permissions: readonly string[]; readonly tags: Tags } | Ending> {
  // As it was written down right before, where a journal is kept: no more and no less is saved than that.
  const present = await (notes.permissions ?? readLaunchPermissions(ec2, imageId));
  const added = sharedBefore === undefined ? [] : present.filter((permission) => !sharedBefore.has(permission));
  // Their use of it was not asked about.
  if (added.length > 0)
    return { status: 'skipped', reason: `it was shared with ${added.slice(0, 5).join(', ')} since it was read` };
  const permissions = [...new Set([...earlier, ...present])];
  const tags = permissionTags(permissions);
  return tags === undefined
    ? { status: 'skipped', reason: TOO_MANY_PERMISSIONS, refused: true }
    : { permissions, tags };
}

/** The tags that keep a list of permissions; undefined where it is longer than ten tags hold. */
function permissionTags(permissions: readonly string[]): Tags | undefined {
  const values: string[] = [];
  for (const permission of permissions) {
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + permission.length <= TAG_VALUE_LENGTH) {
      values[values.length - 1] = `${last},${permission}`;
    } else values.push(permission);
  }
  if (values.length > MOST_PERMISSION_TAGS || values.some(({ length }) => length > TAG_VALUE_LENGTH)) return undefined;
  return Object.fromEntries(values.map((value, index) => [permissionTagKey(index), value]));
}

/** A saved permission in EC2's own shape; never `all`, which is not this tool's to give. */
export function launchPermissionOf(permission: string): LaunchPermission {
  if (!permission.startsWith('arn:')) return { UserId: permission };
  return permission.includes(':ou/') ? { OrganizationalUnitArn: permission } : { OrganizationArn: permission };
}
