import type { Account } from './account.ts';
import type { ImageId } from './ids.ts';
import type { Image } from './image.ts';

/** What an image was copied or made from, the nearest first, up to the first of the account's own. */
export interface Line<T> {
  readonly imageIds: readonly ImageId[];
  readonly ancestor?: T;
}

/**
 * An image's line up to the nearest of the account's own in its Region; what lies between, gone or another account's or
 * Region's, is followed as far as AWS was asked about it.
 * @param own the account's own images, or what is known of each
 */
export function lineOf<T>(
  { sourceImageId, sourceImageRegion }: Image,
  { target, ancestry }: Pick<Account, 'target' | 'ancestry'>,
  own: ReadonlyMap<ImageId, T>,
): Line<T> {
  if (sourceImageId === undefined) return { imageIds: [] };
  const reading = ancestry.get(sourceImageId);
  const beyond = reading?.status === 'read' ? reading.ancestors : [];
  const imageIds: ImageId[] = [];
  for (const { imageId, region } of [
    { imageId: sourceImageId, region: sourceImageRegion ?? target.region },
    ...beyond,
  ]) {
    imageIds.push(imageId);
    const ancestor = region === target.region ? own.get(imageId) : undefined;
    if (ancestor !== undefined) return { imageIds, ancestor };
  }
  return { imageIds };
}

/** Of images whose line leaves the account's own and was not asked about yet, one for each image that it goes on with. */
export function unaskedLines(account: Account, images = account.images): ImageId[] {
  const own = new Map(account.images.map((image) => [image.imageId, image]));
  const leaving = images.filter(
    (image) =>
      image.sourceImageId !== undefined &&
      !account.ancestry.has(image.sourceImageId) &&
      lineOf(image, account, own).ancestor === undefined,
  );
  return [...Map.groupBy(leaving, ({ sourceImageId }) => sourceImageId).values()].flatMap(
    ([one]) => one?.imageId ?? [],
  );
}
