import { CreateTagsCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf } from '../../aws/pages.ts';
import { type ImageId, isImageId } from '../../model/ids.ts';
import { keepsShorter, longerKeep, TAG } from '../../model/tags.ts';

/** An image as it is now: whose it is, and until when people keep it already. */
export interface KeptImage {
  readonly imageId: ImageId;
  readonly owner: string | undefined;
  readonly keep: string | undefined;
}

/** Reads the images that a button is about; those that are gone are left out. */
export async function readImages(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
  ownerTag: string,
  abortSignal: AbortSignal,
): Promise<KeptImage[]> {
  // A filter takes ids that are gone; `ImageIds` fails for all of them then.
  const command = new DescribeImagesCommand({
    Owners: ['self'],
    IncludeDisabled: true,
    Filters: [{ Name: 'image-id', Values: [...imageIds] }],
  });
  const { Images } = await ec2.send(command, { abortSignal });
  return listOf(Images, 'imagesSet').flatMap(({ ImageId, Tags = [] }) => {
    const tagged = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    return isImageId(ImageId) && imageIds.includes(ImageId)
      ? [{ imageId: ImageId, owner: tagged(ownerTag), keep: tagged(TAG.keep) }]
      : [];
  });
}

/** What keeping images in one Region takes. */
export interface Keeping {
  readonly ec2: EC2Client;
  readonly imageIds: readonly ImageId[];
  readonly until: string;
  readonly signal: AbortSignal;
  /** Until when other interactions of these very minutes want an image kept; they may run at the same moment. */
  readonly wantedByOthers: () => Promise<ReadonlyMap<ImageId, string>>;
}

/** EC2 has no "write only if unchanged": what two write at once settles in so many attempts. */
const ATTEMPTS = 3;

/**
 * Keeps images until a date, or as long as anybody else asked for: the longest that was seen before, meanwhile and
 * afterwards stands in the end.
 * @returns until when each image is kept now
 * @throws what EC2 throws; and where the signal is aborted, before anything more is written
 */
export async function keepLongest(keeping: Keeping): Promise<Map<ImageId, string>> {
  const { ec2, imageIds, until, signal, wantedByOthers } = keeping;
  const wanted = new Map<ImageId, string>(imageIds.map((imageId) => [imageId, until]));
  for (let attempt = 1; ; attempt += 1) {
    const images = await readImages(ec2, imageIds, TAG.keep, signal);
    for (const { imageId, keep } of images) {
      // What stands there counts first, in its own words, where both keep as long.
      wanted.set(imageId, longerKeep(keep, wanted.get(imageId)) ?? until);
    }
    const short = images.filter(({ imageId, keep }) => keepsShorter(keep, wanted.get(imageId) ?? until));
    if (attempt > 1 && (short.length === 0 || attempt > ATTEMPTS))
      return new Map(images.map(({ imageId }) => [imageId, wanted.get(imageId) ?? until]));
    const byValue = Map.groupBy(short, ({ imageId }) => wanted.get(imageId) ?? until);
    for (const [value, list] of byValue) await setKeep(ec2, list, value, signal);
    // Others recorded what they want before they wrote it: whoever writes last sees them all.
    for (const [imageId, value] of await wantedByOthers()) {
      if (wanted.has(imageId)) wanted.set(imageId, longerKeep(wanted.get(imageId), value) ?? until);
    }
  }
}

async function setKeep(
  ec2: EC2Client,
  images: readonly KeptImage[],
  value: string,
  abortSignal: AbortSignal,
): Promise<void> {
  abortSignal.throwIfAborted();
  const command = new CreateTagsCommand({
    Resources: images.map(({ imageId }) => imageId),
    Tags: [{ Key: TAG.keep, Value: value }],
  });
  await ec2.send(command, { abortSignal });
}
