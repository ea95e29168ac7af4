import { ListImagesInRecycleBinCommand } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { RecycleBinReading } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';

/**
 * Whether each of these images lies in the Recycle Bin. The bin is listed whole: asking by id takes 20 ids a
 * call, and AWS does not document what it says of an id that is not there.
 */
export async function readRecycleBin(
  clients: Clients,
  requests: Requests,
  imageIds: readonly ImageId[],
): Promise<Map<ImageId, RecycleBinReading>> {
  if (imageIds.length === 0) return new Map();
  try {
    const inBin = await listBin(clients, requests);
    return new Map(imageIds.map((imageId) => [imageId, { status: 'read', inBin: inBin.has(imageId) }]));
  } catch (error) {
    const reading: RecycleBinReading = { status: 'unreadable', error: failureOf(error).sentence };
    return new Map(imageIds.map((imageId) => [imageId, reading]));
  }
}

/** The ids of all images in the Recycle Bin. */
export async function listBin(clients: Clients, requests: Requests): Promise<Set<string>> {
  const imageIds = new Set<string>();
  const answers = pages(
    (NextToken) =>
      requests.send(() => clients.ec2.send(new ListImagesInRecycleBinCommand({ MaxResults: 1000, NextToken }))),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { ImageId } of listOf(page.Images, 'Images')) imageIds.add(essential(ImageId, 'ImageId in the bin'));
  }
  return imageIds;
}
