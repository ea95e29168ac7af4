import {
  DescribeFastLaunchImagesCommand,
  type DescribeFastLaunchImagesSuccessItem,
  DisableFastLaunchCommand,
} from '@aws-sdk/client-ec2';
import { listOf } from '../../aws/requests.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Ending, PassContext } from './pass.ts';

/**
 * Turns Windows Fast Launch off for an image, so that EC2 removes the snapshots that it keeps ready: once the image is
 * gone, nothing does. That takes minutes, so the next run deregisters the image.
 * @returns how the deregistration ends instead; nothing where it is off, and the snapshots are gone
 */
export async function freeFastLaunch(
  { ec2, lastCheck }: Pick<PassContext, 'ec2' | 'lastCheck'>,
  ImageId: ImageId,
): Promise<Ending | undefined> {
  const answer = await ec2.send(new DescribeFastLaunchImagesCommand({ ImageIds: [ImageId] }));
  const [setting] = listOf(answer.FastLaunchImages, 'FastLaunchImages');
  if (setting === undefined) return undefined;
  const next = 'EC2 removes its snapshots, and the next run goes on';
  if (setting.State === 'disabling')
    return { status: 'skipped', reason: `Windows Fast Launch is being turned off: ${next}` };
  const objection = await lastCheck();
  if (objection !== undefined) return objection;
  await ec2.send(new DisableFastLaunchCommand({ ImageId }));
  return { status: 'skipped', reason: `Windows Fast Launch was turned off (${wordsOf(setting)}): ${next}` };
}

/** What `EnableFastLaunch` takes, for whoever wants it back. */
function wordsOf({ SnapshotConfiguration, MaxParallelLaunches, LaunchTemplate }: DescribeFastLaunchImagesSuccessItem) {
  const { LaunchTemplateId, LaunchTemplateName, Version } = LaunchTemplate ?? {};
  const template = [LaunchTemplateId ?? LaunchTemplateName, Version].filter(Boolean).join(' version ');
  return [
    `${SnapshotConfiguration?.TargetResourceCount ?? 'an unknown number of'} snapshots`,
    `${MaxParallelLaunches ?? 'an unknown number of'} parallel launches`,
    ...(template === '' ? [] : [`launch template ${template}`]),
  ].join(', ');
}
