import { CreateTagsCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import { listOf } from '../../aws/pages.ts';
import { type ImageId, isImageId } from '../../model/ids.ts';
import { TAG } from '../../model/tags.ts';

/** An image as it is now: whose it is, and until when people keep it already. */
export interface KeptImage {
  readonly imageId: ImageId;
  readonly owner: string | undefined;
  readonly keep: string | undefined;
}

/** Reads the images that a button is about; those that are gone are left out. */
export async function readImages(ec2: EC2Client, imageIds: readonly ImageId[], ownerTag: string): Promise<KeptImage[]> {
  // A filter takes ids that are gone; `ImageIds` fails for all of them then.
  const { Images } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ['self'],
      IncludeDisabled: true,
      Filters: [{ Name: 'image-id', Values: [...imageIds] }],
    }),
  );
  return listOf(Images, 'imagesSet').flatMap(({ ImageId, Tags = [] }) => {
    const tagged = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    return isImageId(ImageId) && imageIds.includes(ImageId)
      ? [{ imageId: ImageId, owner: tagged(ownerTag), keep: tagged(TAG.keep) }]
      : [];
  });
}

/** What a press makes of an image's tag: never less than what people asked for before. */
export function keepsLonger({ keep }: KeptImage, until: string): boolean {
  if (keep === undefined) return true;
  const written = keep.trim();
  // Of what is not a date, `true` means for ever, and anything else keeps too.
  if (!/^\d{4}-\d{2}-\d{2}/.test(written) || Number.isNaN(Date.parse(written))) return false;
  return Date.parse(written) < Date.parse(until);
}

/** Sets the tag on images in one call; says what failed. */
export async function setKeep(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
  until: string,
): Promise<string | undefined> {
  try {
    await ec2.send(new CreateTagsCommand({ Resources: [...imageIds], Tags: [{ Key: TAG.keep, Value: until }] }));
    return undefined;
  } catch (error) {
    return failureOf(error).sentence;
  }
}
