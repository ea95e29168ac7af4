import { DescribeImageAttributeCommand, type LaunchPermission } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { listOf } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { Sharing } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';

/**
 * With whom each of these images is shared; one call an image, since EC2 has no other way to ask.
 * What can't be read is said for that image and hides no other.
 * @param accountId the images' owner, whose own entry in the permissions shares nothing
 */
export async function readSharing(
  clients: Clients,
  requests: Requests,
  imageIds: readonly ImageId[],
  accountId: string,
): Promise<Map<ImageId, Sharing>> {
  const read = async (imageId: ImageId): Promise<[ImageId, Sharing]> => {
    try {
      const answer = await requests.send(() =>
        clients.ec2.send(new DescribeImageAttributeCommand({ ImageId: imageId, Attribute: 'launchPermission' })),
      );
      return [imageId, sharingOf(listOf(answer.LaunchPermissions, 'LaunchPermissions'), accountId)];
    } catch (error) {
      return [imageId, { status: 'unreadable', error: failureOf(error).sentence }];
    }
  };
  return new Map(await requests.sendAll(imageIds, read));
}

function sharingOf(permissions: readonly LaunchPermission[], accountId: string): Sharing {
  return {
    status: 'read',
    accounts: permissions.flatMap(({ UserId }) => (UserId === undefined || UserId === accountId ? [] : UserId)),
    organizations: permissions.flatMap(
      ({ OrganizationArn, OrganizationalUnitArn }) => OrganizationArn ?? OrganizationalUnitArn ?? [],
    ),
    isPublic: permissions.some(({ Group }) => Group === 'all'),
  };
}
