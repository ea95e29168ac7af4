import { CreateTagsCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf } from '../../aws/requests.ts';
import { type ImageId, isImageId } from '../../model/ids.ts';
import { keepsShorter, longerKeep, TAG } from '../../model/tags.ts';

type ImageTags = ReadonlyMap<string | undefined, string | undefined>;

/** Reads the tags of the images that a button is about, as they are now; images that are gone are left out. */
export async function readTags(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
  abortSignal: AbortSignal,
): Promise<[ImageId, ImageTags][]> {
  // A filter takes ids that are gone; `ImageIds` fails for all of them then.
  const command = new DescribeImagesCommand({
    Owners: ['self'],
    IncludeDisabled: true,
    Filters: [{ Name: 'image-id', Values: [...imageIds] }],
  });
  const { Images } = await ec2.send(command, { abortSignal });
  return listOf(Images, 'imagesSet').flatMap(({ ImageId, Tags = [] }): [ImageId, ImageTags][] =>
    isImageId(ImageId) && imageIds.includes(ImageId)
      ? [[ImageId, new Map(Tags.map(({ Key, Value }) => [Key, Value]))]]
      : [],
  );
}

interface Keeping {
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
    const images = await readTags(ec2, imageIds, signal);
    for (const [imageId, tags] of images) {
      // What stands there counts first, in its own words, where both keep as long.
      wanted.set(imageId, longerKeep(tags.get(TAG.keep), wanted.get(imageId)) ?? until);
    }
    const longest = (imageId: ImageId) => wanted.get(imageId) ?? until;
    const short = images.filter(([imageId, tags]) => keepsShorter(tags.get(TAG.keep), longest(imageId)));
    if (attempt > 1 && (short.length === 0 || attempt > ATTEMPTS))
      return new Map(images.map(([imageId]) => [imageId, longest(imageId)]));
    for (const [Value, list] of Map.groupBy(short, ([imageId]) => longest(imageId))) {
      signal.throwIfAborted();
      const Resources = list.map(([imageId]) => imageId);
      const command = new CreateTagsCommand({ Resources, Tags: [{ Key: TAG.keep, Value }] });
      await ec2.send(command, { abortSignal: signal });
    }
    // Others recorded what they want before they wrote it: whoever writes last sees them all.
    for (const [imageId, value] of await wantedByOthers()) {
      if (wanted.has(imageId)) wanted.set(imageId, longerKeep(wanted.get(imageId), value) ?? until);
    }
  }
}
