import { DescribeImageAttributeCommand, type LaunchPermission } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { listOf } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { Sharing } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';

/** What was read of some images, and which of them are gone since they were listed. */
export interface SharingReadings {
  readonly sharing: ReadonlyMap<ImageId, Sharing>;
  readonly gone: ReadonlySet<ImageId>;
}

/** Whose sharing is asked about. */
export interface SharingQuestion {
  readonly imageIds: readonly ImageId[];
  /** Those among them that are disabled. */
  readonly disabled: ReadonlySet<ImageId>;
  /** The images' owner, whose own entry in the permissions shares nothing. */
  readonly accountId: string;
}

/**
 * With whom each of these images is shared; one call an image, since EC2 has no other way to ask.
 * What can't be read is said for that image and hides no other.
 */
export async function readSharing(
  clients: Clients,
  requests: Requests,
  { imageIds, disabled, accountId }: SharingQuestion,
): Promise<SharingReadings> {
  const gone = new Set<ImageId>();
  const read = async (imageId: ImageId): Promise<[ImageId, Sharing]> => {
    try {
      const answer = await requests.send(() =>
        clients.ec2.send(new DescribeImageAttributeCommand({ ImageId: imageId, Attribute: 'launchPermission' })),
      );
      return [imageId, sharingOf(listOf(answer.LaunchPermissions, 'LaunchPermissions'), accountId)];
    } catch (error) {
      const { kind, sentence } = failureOf(error);
      if (kind === 'not-found') gone.add(imageId);
      // Disabling takes all permissions away, and whether EC2 answers for such an image is unconfirmed.
      if (kind === 'other' && disabled.has(imageId)) return [imageId, sharingOf([], accountId)];
      return [imageId, { status: 'unreadable', error: sentence }];
    }
  };
  const answers = await requests.sendAll(imageIds, read);
  return { sharing: new Map(answers.filter(([imageId]) => !gone.has(imageId))), gone };
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
