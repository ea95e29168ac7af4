import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf } from '../aws/pages.ts';
import type { ImageId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import { imagesOf } from './images.ts';
import { StringInterner } from './string-interner.ts';

const IDS_A_CALL = 200;

/** Those of some own images that are registered, deprecated and disabled ones included. */
export async function readImagesById(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Image[]> {
  const images: Image[] = [];
  const texts = new StringInterner();
  for (let start = 0; start < imageIds.length; start += IDS_A_CALL) {
    // As a filter: an id that is gone would fail the whole call.
    const Filters = [{ Name: 'image-id', Values: imageIds.slice(start, start + IDS_A_CALL) }];
    const answer = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters, IncludeDisabled: true }));
    images.push(...imagesOf(listOf(answer.Images, 'Images'), texts));
  }
  return images;
}
