import { GetImageBlockPublicAccessStateCommand } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import { essential, type Requests } from '../aws/requests.ts';
import type { PublicImages } from '../model/account.ts';

/** How many images may be public here, and whether more can become so. It only informs: what can't be read is said. */
export async function readPublicImages(clients: Clients, requests: Requests): Promise<PublicImages> {
  try {
    const [quota, { ImageBlockPublicAccessState }] = await Promise.all([
      requests.send(() => clients.publicImagesQuota()),
      requests.send(() => clients.ec2.send(new GetImageBlockPublicAccessStateCommand({}))),
    ]);
    const state = essential(ImageBlockPublicAccessState, 'ImageBlockPublicAccessState');
    return { status: 'read', quota: essential(quota, 'Value of the quota'), isBlocked: state !== 'unblocked' };
  } catch (error) {
    return unreadable(error);
  }
}
