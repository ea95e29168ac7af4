import { DescribeImageAttributeCommand, type EC2Client, type LaunchPermission } from '@aws-sdk/client-ec2';
import { listOf } from '../aws/pages.ts';
import type { ImageId } from '../model/ids.ts';
import type { Tags } from '../model/image.ts';
import { MOST_PERMISSION_TAGS, permissionTagKey } from '../model/launch-permissions.ts';
import type { PassContext } from './pass.ts';
import { TAG_VALUE_LENGTH } from './tags.ts';

/** Why an image stays whose permissions could not be given back. */
export const TOO_MANY_PERMISSIONS =
  'it is shared with more accounts and organizations than its tags can hold, so that they could not be given back';

/** Whom an image is shared with now: account ids, ARNs of organizations and units, or `all`. */
export async function readLaunchPermissions(ec2: EC2Client, imageId: ImageId): Promise<string[]> {
  const answer = await ec2.send(new DescribeImageAttributeCommand({ ImageId: imageId, Attribute: 'launchPermission' }));
  return listOf(answer.LaunchPermissions, 'LaunchPermissions').flatMap(
    ({ Group, OrganizationArn, OrganizationalUnitArn, UserId }) =>
      Group ?? OrganizationArn ?? OrganizationalUnitArn ?? UserId ?? [],
  );
}

/** The same as it was written down right before, where a journal is kept: no more and no less is saved than that. */
export async function permissionsOf({ ec2, notes }: PassContext, imageId: ImageId): Promise<readonly string[]> {
  return notes === undefined ? readLaunchPermissions(ec2, imageId) : notes.permissions();
}

/** The tags that keep a list of permissions; undefined where it is longer than ten tags hold. */
export function permissionTags(permissions: readonly string[]): Tags | undefined {
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

/** A saved permission in EC2's own shape. */
export function launchPermissionOf(permission: string): LaunchPermission {
  if (permission === 'all') return { Group: 'all' };
  if (!permission.startsWith('arn:')) return { UserId: permission };
  return permission.includes(':ou/') ? { OrganizationalUnitArn: permission } : { OrganizationArn: permission };
}
