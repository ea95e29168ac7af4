import { type EC2Client, paginateListImagesInRecycleBin, paginateListSnapshotsInRecycleBin } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import { BrokenAnswerError, inBatches, itemsOf, type Requests } from '../aws/requests.ts';
import type { MissingImages, RecycleBinReading } from '../model/account.ts';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import { readVisible } from './images.ts';

/** Something in the Recycle Bin, since when and until when. */
export interface InBin<Id> {
  readonly id: Id;
  readonly since?: Date;
  readonly until?: Date;
}

/** As many as EC2 takes in one call. */
const IDS_A_CALL = 20;

/** Lists the images in the Recycle Bin: all of them, or those of some ids that are there. */
export async function imagesInBin(
  ec2: EC2Client,
  imageIds?: readonly string[],
  requests?: Requests,
): Promise<Map<string, InBin<ImageId>>> {
  const found = new Map<string, InBin<ImageId>>();
  for (const ImageIds of batches(imageIds)) {
    const paginator = paginateListImagesInRecycleBin({ client: ec2 }, ImageIds ? { ImageIds } : { MaxResults: 1000 });
    for await (const { ImageId: id, ...times } of itemsOf(paginator, 'Images', requests)) {
      if (!isImageId(id)) throw new BrokenAnswerError(`the answer has an invalid ImageId in the bin (${String(id)})`);
      found.set(id, { id, ...timesOf(times) });
    }
  }
  return found;
}

/** The same for snapshots. */
export async function snapshotsInBin(
  ec2: EC2Client,
  snapshotIds?: readonly string[],
): Promise<Map<string, InBin<SnapshotId>>> {
  const found = new Map<string, InBin<SnapshotId>>();
  for (const SnapshotIds of batches(snapshotIds)) {
    const input = SnapshotIds ? { SnapshotIds } : { MaxResults: 1000 };
    const paginator = paginateListSnapshotsInRecycleBin({ client: ec2 }, input);
    for await (const { SnapshotId: id, ...times } of itemsOf(paginator, 'Snapshots')) {
      if (!isSnapshotId(id))
        throw new BrokenAnswerError(`the answer has an invalid SnapshotId in the bin (${String(id)})`);
      found.set(id, { id, ...timesOf(times) });
    }
  }
  return found;
}

function batches(ids: readonly string[] | undefined): (string[] | undefined)[] {
  return ids === undefined ? [undefined] : inBatches(ids, IDS_A_CALL);
}

interface BinTimes {
  readonly RecycleBinEnterTime?: Date | undefined;
  readonly RecycleBinExitTime?: Date | undefined;
}

function timesOf({ RecycleBinEnterTime: since, RecycleBinExitTime: until }: BinTimes): Omit<InBin<never>, 'id'> {
  return { ...(since && { since }), ...(until && { until }) };
}

/**
 * Whether each of these images lies in the Recycle Bin. The bin is listed whole: asking by id takes 20 ids a
 * call, and AWS does not document what it says of an id that is not there.
 */
export async function readRecycleBin(
  { ec2 }: Clients,
  requests: Requests,
  imageIds: readonly ImageId[],
): Promise<Map<ImageId, RecycleBinReading>> {
  if (imageIds.length === 0) return new Map();
  const reading = await imagesInBin(ec2, undefined, requests).then(
    (bin) =>
      (imageId: ImageId): RecycleBinReading => ({ status: 'read', inBin: bin.has(imageId) }),
    (error: unknown) => (): RecycleBinReading => unreadable(error),
  );
  return new Map(imageIds.map((imageId) => [imageId, reading(imageId)]));
}

/**
 * Which of some images, each named by something and none of the account's own, the account can't see at all: neither
 * another account's that is shared, nor a public one. Where the Recycle Bin can't be read, whether they lie there is
 * unknown.
 */
export async function findMissingImages(
  clients: Pick<Clients, 'ec2'>,
  requests: Requests,
  imageIds: readonly ImageId[],
): Promise<MissingImages> {
  try {
    const visible = await readVisible(clients, requests, imageIds);
    const missing = imageIds.filter((imageId) => !visible.has(imageId));
    if (missing.length === 0) return { status: 'read', images: new Map() };
    const bin = await imagesInBin(clients.ec2, undefined, requests).catch(() => undefined);
    return {
      status: 'read',
      images: new Map(missing.map((imageId) => [imageId, { inRecycleBin: bin?.has(imageId) }])),
    };
  } catch (error) {
    return unreadable(error);
  }
}
