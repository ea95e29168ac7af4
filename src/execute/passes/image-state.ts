import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf } from '../../aws/pages.ts';
import type { ImageId } from '../../model/ids.ts';
import { untilReady, type Waiting } from './catching-up.ts';
import type { Ending, Expected } from './pass.ts';

/** AWS's own word for what an image is this moment; undefined where it is gone. */
export async function imageState(ec2: EC2Client, imageId: ImageId): Promise<string | undefined> {
  const Filters = [{ Name: 'image-id', Values: [imageId] }];
  const answer = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters, IncludeDisabled: true }));
  const state = listOf(answer.Images, 'Images')[0]?.State;
  // A freshly deregistered image can linger in the answer.
  return state === 'deregistered' ? undefined : state;
}

/** The same, once it is what it is to become; what it is all the same where EC2 takes longer than can be waited. */
export function imageStateAfter(
  ec2: EC2Client,
  imageId: ImageId,
  becomes: string,
  waiting: Waiting,
): Promise<string | undefined> {
  return untilReady(
    waiting,
    () => imageState(ec2, imageId),
    (state) => state === becomes,
  );
}

/** EC2's words for an image that it does not act on: gone, or not in a state for it (pending, failed, …). */
const NOT_AS_ASKED = /^(InvalidAMIID\.(NotFound|Unavailable)|IncorrectState)$/;

/**
 * What it means that EC2 does not act on an image: `InvalidAMIID.Unavailable` also says that its state does not allow
 * it, so that a look tells.
 * @param gone how the action ends where the image is gone
 */
export function byItsState(ec2: EC2Client, imageId: ImageId, gone: Ending): Expected {
  return async (name) => {
    if (!NOT_AS_ASKED.test(name)) return undefined;
    const state = await imageState(ec2, imageId);
    if (state === undefined) return gone;
    const reason = `EC2 did not act on it (${name}): its state is ${state}`;
    return { status: 'failed', reason: `${reason}; the next run takes it up`, refused: true };
  };
}
