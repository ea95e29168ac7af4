import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf } from '../aws/pages.ts';
import type { ImageId } from '../model/ids.ts';

/** AWS's own word for what an image is this moment; undefined where it is gone. */
export async function imageState(ec2: EC2Client, imageId: ImageId): Promise<string | undefined> {
  const Filters = [{ Name: 'image-id', Values: [imageId] }];
  const answer = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters, IncludeDisabled: true }));
  return listOf(answer.Images, 'Images')[0]?.State;
}
