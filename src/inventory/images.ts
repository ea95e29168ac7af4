import { DescribeImagesCommand, type Image as Ec2Image } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { BrokenAnswerError, essential, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import { isImageId, isSnapshotId } from '../model/ids.ts';
import type { BlockDevice, Image } from '../model/image.ts';
import { dateOf, tagsOf } from './fields.ts';
import { StringInterner } from './string-interner.ts';

/** The account's own images, deprecated and disabled ones included, page by page. */
export async function readImages(clients: Clients, requests: Requests): Promise<Image[]> {
  const images: Image[] = [];
  const texts = new StringInterner();
  const answers = pages(
    (NextToken) =>
      requests.send(() =>
        // Disabled images are left out unless asked for; one's own deprecated ones never are.
        clients.ec2.send(
          new DescribeImagesCommand({
            Owners: ['self'],
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
    images.push(...imagesOf(listOf(page.Images, 'Images'), texts));
  }
  return images;
}

/**
 * Parses what `DescribeImages` says of one image.
 * @param texts shared with the other images of the same answers
 */
export function imageOf(image: Ec2Image, texts = new StringInterner()): Image {
  const { ImageId: imageId } = image;
  if (!isImageId(imageId))
    throw new BrokenAnswerError(`the answer has an image without a valid id (${String(imageId)})`);
  const dates = {
    creationDate: dateOf(image.CreationDate),
    deprecationTime: dateOf(image.DeprecationTime),
    lastLaunchedTime: dateOf(image.LastLaunchedTime),
  };
  return {
    imageId,
    name: image.Name ?? '',
    description: image.Description ?? '',
    ownerId: texts.of('owner', image.OwnerId ?? ''),
    ...(image.ImageOwnerAlias === undefined ? {} : { ownerAlias: texts.of('alias', image.ImageOwnerAlias) }),
    state: texts.of('state', image.State ?? 'unknown'),
    ...(dates.creationDate && { creationDate: dates.creationDate }),
    ...(dates.deprecationTime && { deprecationTime: dates.deprecationTime }),
    ...(dates.lastLaunchedTime && { lastLaunchedTime: dates.lastLaunchedTime }),
    architecture: texts.of('architecture', image.Architecture ?? ''),
    platform: texts.of('platform', image.PlatformDetails ?? image.Platform ?? ''),
    rootDeviceType: texts.of('rootDeviceType', image.RootDeviceType ?? ''),
    isPublic: image.Public ?? false,
    ...(image.DeregistrationProtection === undefined
      ? {}
      : { deregistrationProtection: texts.of('protection', image.DeregistrationProtection) }),
    productCodes: productCodesOf(image),
    ...(isImageId(image.SourceImageId) && { sourceImageId: image.SourceImageId }),
    ...(image.SourceImageRegion === undefined
      ? {}
      : { sourceImageRegion: texts.of('region', image.SourceImageRegion) }),
    tags: tagsOf(image.Tags, texts),
    blockDevices: (image.BlockDeviceMappings ?? []).map((mapping) => blockDeviceOf(mapping, texts)),
  };
}

/** EC2 sends these of every image that is whole; one that is pending or failed is kept for its state. */
const EXPECTED = ['Name', 'Architecture', 'RootDeviceType', 'Public'] as const;
const WHOLE = new Set<string>(['available', 'disabled']);

/**
 * The images of an answer, but for those that linger after they were deregistered.
 * @throws BrokenAnswerError where one lacks what rules select by: it would be another rule's, or nobody's
 */
export function imagesOf(answer: readonly Ec2Image[], texts: StringInterner): Image[] {
  return answer.flatMap((image) => {
    if (image.State === 'deregistered') return [];
    if (WHOLE.has(image.State ?? '')) {
      for (const member of EXPECTED) essential(image[member], `${member} of the image ${image.ImageId}`);
    }
    return [imageOf(image, texts)];
  });
}

const NO_CODES: readonly string[] = Object.freeze([]);

function productCodesOf({ ProductCodes = [] }: Ec2Image): readonly string[] {
  return ProductCodes.length === 0 ? NO_CODES : ProductCodes.map(({ ProductCodeId = '' }) => ProductCodeId);
}

function blockDeviceOf(
  mapping: NonNullable<Ec2Image['BlockDeviceMappings']>[number],
  texts: StringInterner,
): BlockDevice {
  const { SnapshotId: snapshotId, VolumeSize: volumeSizeGiB } = mapping.Ebs ?? {};
  if (snapshotId !== undefined && snapshotId !== '' && !isSnapshotId(snapshotId)) {
    throw new BrokenAnswerError(`the answer has an image that maps an invalid snapshot id (${snapshotId})`);
  }
  return {
    deviceName: texts.of('device', mapping.DeviceName ?? ''),
    ...(isSnapshotId(snapshotId) && { snapshotId }),
    ...(volumeSizeGiB === undefined ? {} : { volumeSizeGiB }),
  };
}
