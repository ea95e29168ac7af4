import { DescribeImageAttributeCommand, type LaunchPermission } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { listOf } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { Sharing } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import { type Readings, readEach } from './read-each.ts';

/** Whose sharing is asked about. */
export interface SharingQuestion {
  readonly imageIds: readonly ImageId[];
  /** Those among them that are disabled. */
  readonly disabled: ReadonlySet<ImageId>;
  /** The images' owner, whose own entry in the permissions shares nothing. */
  readonly accountId: string;
}

/** With whom each of these images is shared; one call an image. */
export function readSharing(
  clients: Clients,
  requests: Requests,
  { imageIds, disabled, accountId }: SharingQuestion,
): Promise<Readings<ImageId, Sharing>> {
  const ask = async (ImageId: ImageId) =>
    clients.ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }));
  return readEach(requests, imageIds, async (imageId) => {
    const answer = await requests
      .send(() => ask(imageId))
      .catch((error: unknown) => {
        // Disabling takes all permissions away, and whether EC2 answers for such an image is unconfirmed.
        if (failureOf(error).kind === 'other' && disabled.has(imageId)) return { LaunchPermissions: [] };
        throw error;
      });
    return sharingOf(listOf(answer.LaunchPermissions, 'LaunchPermissions'), accountId);
  });
}

function sharingOf(permissions: readonly LaunchPermission[], accountId: string): Sharing {
  return {
    status: 'read',
    accounts: permissions.flatMap(({ UserId }) => (UserId === undefined || UserId === accountId ? [] : UserId)),
    organizations: permissions.flatMap(beyondAccounts),
    isPublic: permissions.some(({ Group }) => Group === 'all'),
  };
}

/** Organizations and units; a permission of a kind that is new to this code is a share all the same. */
function beyondAccounts({ UserId, Group, OrganizationArn, OrganizationalUnitArn }: LaunchPermission): string[] {
  const named = OrganizationArn ?? OrganizationalUnitArn;
  if (named !== undefined) return [named];
  if (UserId !== undefined || Group === 'all') return [];
  return [Group === undefined ? 'an unknown kind of launch permission' : `the group ${Group}`];
}
