import {
  type DescribeImagesCommandInput,
  type EC2Client,
  type Image as Ec2Image,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { BrokenAnswerError, essential, inBatches, itemsOf, type Requests } from '../aws/requests.ts';
import { type ImageId, isImageId, isSnapshotId } from '../model/ids.ts';
import type { BlockDevice, Image } from '../model/image.ts';
import { dateOf, StringInterner, tagsOf } from './fields.ts';

/** As many as EC2 takes in one filter. */
const IDS_A_CALL = 200;

/** The account's own images, deprecated and disabled ones included. */
export async function readImages({ ec2 }: Clients, requests: Requests): Promise<Image[]> {
  return wholeImages(describeImages(ec2, { Owners: ['self'] }, requests), new StringInterner());
}

/** Those of some own images that are registered, deprecated and disabled ones included. */
export async function readImagesById(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Image[]> {
  const images: Image[] = [];
  const texts = new StringInterner();
  for (const Filters of byId(imageIds))
    images.push(...(await wholeImages(describeImages(ec2, { Owners: ['self'], Filters }), texts)));
  return images;
}

/** Those of some images that the account can see (its own, shared with it, or public), and AWS's word for their owner. */
export async function readVisible(
  { ec2 }: Pick<Clients, 'ec2'>,
  requests: Requests,
  imageIds: readonly ImageId[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const visible = await requests.sendAll(byId(imageIds), (Filters) =>
    Array.fromAsync(
      describeImages(ec2, { Filters }, requests),
      ({ ImageId, ImageOwnerAlias }) => [essential(ImageId, 'ImageId of an image'), ImageOwnerAlias] as const,
    ),
  );
  return new Map(visible.flat());
}

/** By filters: one id that is gone would fail the whole call. */
function byId(imageIds: readonly ImageId[]) {
  return inBatches(imageIds, IDS_A_CALL).map((Values) => [{ Name: 'image-id', Values }]);
}

/** Kernels and ramdisks, which older images start from, are no images that anything launches. */
const NO_MACHINE = new Set<string>(['kernel', 'ramdisk']);

/** What `DescribeImages` says of machine images, page by page, but for those that linger after they were deregistered. */
export async function* describeImages(
  ec2: EC2Client,
  asked: DescribeImagesCommandInput,
  requests?: Requests,
): AsyncGenerator<Ec2Image> {
  // Disabled images are left out unless asked for; one's own deprecated ones never are.
  const input = { ...asked, IncludeDisabled: true, IncludeDeprecated: true, MaxResults: 1000 };
  for await (const image of itemsOf(paginateDescribeImages({ client: ec2 }, input), 'Images', requests))
    if (image.State !== 'deregistered' && !NO_MACHINE.has(image.ImageType ?? '')) yield image;
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
    ...(image.VirtualizationType === undefined
      ? {}
      : { virtualizationType: texts.of('virtualizationType', image.VirtualizationType) }),
    isPublic: image.Public ?? false,
    ...(image.DeregistrationProtection === undefined
      ? {}
      : { deregistrationProtection: texts.of('protection', image.DeregistrationProtection) }),
    productCodes: image.ProductCodes?.length
      ? image.ProductCodes.map(({ ProductCodeId = '' }) => ProductCodeId)
      : NO_CODES,
    ...(isImageId(image.SourceImageId) && { sourceImageId: image.SourceImageId }),
    ...(image.SourceImageRegion === undefined
      ? {}
      : { sourceImageRegion: texts.of('region', image.SourceImageRegion) }),
    ...scanOf(image.ScanResults, texts),
    ...watermarksOf(image, texts),
    tags: tagsOf(image.Tags, texts, imageId),
    blockDevices: (image.BlockDeviceMappings ?? []).map((mapping) => blockDeviceOf(mapping, texts)),
  };
}

/**
 * EC2 sends these of every image that is whole; one that is pending or failed is kept for its state, and one without a
 * name, as those from before 2013 may be, for that.
 */
const EXPECTED = ['Architecture', 'RootDeviceType', 'Public'] as const;
const WHOLE = new Set<string>(['available', 'disabled']);

/** @throws BrokenAnswerError where one lacks what rules select by: it would be another rule's, or nobody's */
function wholeImages(images: AsyncIterable<Ec2Image>, texts: StringInterner): Promise<Image[]> {
  return Array.fromAsync(images, (image) => {
    if (WHOLE.has(image.State ?? '')) {
      for (const member of EXPECTED) essential(image[member], `${member} of the image ${image.ImageId}`);
    }
    return imageOf(image, texts);
  });
}

/** Where AWS says since when there is a fix for findings of a severity. */
const FIX = {
  critical: 'CriticalFixAvailableSince',
  high: 'HighFixAvailableSince',
  medium: 'MediumFixAvailableSince',
  low: 'LowFixAvailableSince',
  informational: 'InformationalFixAvailableSince',
} as const;

function scanOf(results: Ec2Image['ScanResults'], texts: StringInterner): Pick<Image, 'scan'> {
  const { HighestFindingSeverityLabel: severity, FindingScanDate } = results ?? {};
  // Without either it says no more than no answer at all.
  if (severity === undefined) return FindingScanDate === undefined ? {} : { scan: NOTHING_FOUND };
  const fixAvailableSince = dateOf(results?.[FIX[severity]]);
  return { scan: { severity: texts.of('severity', severity), ...(fixAvailableSince && { fixAvailableSince }) } };
}

const NOTHING_FOUND = Object.freeze({});

function watermarksOf({ ImageWatermarks = [], ImageId }: Ec2Image, texts: StringInterner): Pick<Image, 'watermarks'> {
  if (ImageWatermarks.length === 0) return {};
  const keys = ImageWatermarks.map(({ WatermarkKey }) =>
    essential(WatermarkKey, `WatermarkKey of the image ${ImageId}`),
  );
  return { watermarks: keys.map((key) => texts.of('watermark', key)) };
}

const NO_CODES: readonly string[] = Object.freeze([]);

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
