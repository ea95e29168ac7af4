import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { MissingImages } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import { listBin } from './recycle-bin.ts';

/** As many as EC2 takes in one filter. */
const IDS_A_CALL = 200;

/**
 * Which of some images, each named by something and none of the account's own, the account can't see at all: neither
 * another account's that is shared, nor a public one. Where the Recycle Bin can't be read, whether they lie there is
 * unknown.
 */
export async function findMissingImages(
  clients: Clients,
  requests: Requests,
  imageIds: readonly ImageId[],
): Promise<MissingImages> {
  try {
    const pieces = Array.from({ length: Math.ceil(imageIds.length / IDS_A_CALL) }, (_, index) =>
      imageIds.slice(index * IDS_A_CALL, (index + 1) * IDS_A_CALL),
    );
    const visible = new Set((await requests.sendAll(pieces, (piece) => visibleOf(clients, requests, piece))).flat());
    const missing = imageIds.filter((imageId) => !visible.has(imageId));
    if (missing.length === 0) return { status: 'read', images: new Map() };
    const bin = await listBin(clients, requests).catch(() => undefined);
    return {
      status: 'read',
      images: new Map(missing.map((imageId) => [imageId, { inRecycleBin: bin?.has(imageId) }])),
    };
  } catch (error) {
    return { status: 'unreadable', error: failureOf(error).sentence };
  }
}

/** By a filter: one id that is gone would fail the whole call. */
async function visibleOf(clients: Clients, requests: Requests, imageIds: readonly ImageId[]): Promise<string[]> {
  const visible: string[] = [];
  const answers = pages(
    (NextToken) =>
      requests.send(() =>
        clients.ec2.send(
          new DescribeImagesCommand({
            Filters: [{ Name: 'image-id', Values: [...imageIds] }],
            IncludeDisabled: true,
            IncludeDeprecated: true,
            MaxResults: 1000,
            NextToken,
          }),
        ),
      ),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { ImageId, State } of listOf(page.Images, 'Images')) {
      if (State !== 'deregistered') visible.push(essential(ImageId, 'ImageId of an image'));
    }
  }
  return visible;
}
