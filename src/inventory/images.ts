import { DescribeImagesCommand, type Image as Ec2Image } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { BrokenAnswerError, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import { isImageId, isSnapshotId } from '../model/ids.ts';
import type { BlockDevice, Image } from '../model/image.ts';
import { dateOf, tagsOf } from './fields.ts';

/** The account's own images, deprecated and disabled ones included, page by page. */
export async function readImages(clients: Clients, requests: Requests): Promise<Image[]> {
  const images: Image[] = [];
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
    for (const image of listOf(page.Images, 'Images')) {
      // A freshly deregistered image can linger in the answer.
      if (image.State !== 'deregistered') images.push(imageOf(image));
    }
  }
  return images;
}

/** Parses what `DescribeImages` says of one image. */
export function imageOf(image: Ec2Image): Image {
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
    ownerId: image.OwnerId ?? '',
    ...(image.ImageOwnerAlias === undefined ? {} : { ownerAlias: image.ImageOwnerAlias }),
    state: image.State ?? 'unknown',
    ...(dates.creationDate && { creationDate: dates.creationDate }),
    ...(dates.deprecationTime && { deprecationTime: dates.deprecationTime }),
    ...(dates.lastLaunchedTime && { lastLaunchedTime: dates.lastLaunchedTime }),
    architecture: image.Architecture ?? '',
    platform: image.PlatformDetails ?? image.Platform ?? '',
    rootDeviceType: image.RootDeviceType ?? '',
    isPublic: image.Public ?? false,
    ...(image.DeregistrationProtection === undefined
      ? {}
      : { deregistrationProtection: image.DeregistrationProtection }),
    productCodes: (image.ProductCodes ?? []).map((code) => code.ProductCodeId ?? ''),
    ...(isImageId(image.SourceImageId) && { sourceImageId: image.SourceImageId }),
    ...(image.SourceImageRegion === undefined ? {} : { sourceImageRegion: image.SourceImageRegion }),
    tags: tagsOf(image.Tags),
    blockDevices: (image.BlockDeviceMappings ?? []).map(blockDeviceOf),
  };
}

function blockDeviceOf(mapping: NonNullable<Ec2Image['BlockDeviceMappings']>[number]): BlockDevice {
  const { SnapshotId: snapshotId, VolumeSize: volumeSizeGiB } = mapping.Ebs ?? {};
  if (snapshotId !== undefined && snapshotId !== '' && !isSnapshotId(snapshotId)) {
    throw new BrokenAnswerError(`the answer has an image that maps an invalid snapshot id (${snapshotId})`);
  }
  return {
    deviceName: mapping.DeviceName ?? '',
    ...(isSnapshotId(snapshotId) && { snapshotId }),
    ...(volumeSizeGiB === undefined ? {} : { volumeSizeGiB }),
  };
}
