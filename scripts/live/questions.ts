import {
  CopyImageCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  GetImageAncestryCommand,
  LockSnapshotCommand,
  RestoreImageFromRecycleBinCommand,
  UnlockSnapshotCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2';
import { type Live, makeSnapshots, nameOf, registerImage, tagged } from './live.ts';
import type { Row } from './story.ts';

/**
 * Asks AWS what its documentation does not say, or what this tool rests on: what it takes AWS to answer stands beside the answer,
 * for docs/conformance.md.
 */
export async function askQuestions(live: Live, rows: Row[]): Promise<void> {
  const { ec2, region, say } = live;
  say('Asking what AWS answers…');
  const [first = '', second = '', third = ''] = await makeSnapshots(live, 3);
  const imageId = await registerImage(live, 'asked', first);
  const ask = async (tried: string, expected: string, answer: () => Promise<string>) =>
    rows.push({ tried, expected, seen: await answer().catch(nameOf) });

  await ask('DeleteSnapshot of one that an image maps', 'InvalidSnapshot.InUse', async () => {
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId: first }));
    return 'deleted';
  });
  await ask('DeleteSnapshot of a locked one', 'SnapshotLocked', async () => {
    await ec2.send(new LockSnapshotCommand({ SnapshotId: second, LockMode: 'governance', LockDuration: 1 }));
    try {
      await ec2.send(new DeleteSnapshotCommand({ SnapshotId: second }));
      return 'deleted';
    } finally {
      await ec2.send(new UnlockSnapshotCommand({ SnapshotId: second })).catch(() => {});
    }
  });
  await ask('DescribeImages of an id that never was', 'InvalidAMIID.NotFound', async () => {
    await ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-0123456789abcdef0'] }));
    return 'an answer';
  });
  await ask('EnableImageDeprecation in the past', 'InvalidParameterValue', async () => {
    const DeprecateAt = new Date(live.now().getTime() - 3_600_000);
    await ec2.send(new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt }));
    return 'deprecated';
  });
  await ask('RegisterImage under a name that is taken', 'InvalidAMIName.Duplicate', async () => {
    await registerImage(live, 'asked', third);
    return 'registered';
  });
  await ask('launch permissions of a disabled image', 'none', async () => {
    await ec2.send(new DisableImageCommand({ ImageId: imageId }));
    try {
      const asked = { ImageId: imageId, Attribute: 'launchPermission' } as const;
      const { LaunchPermissions = [] } = await ec2.send(new DescribeImageAttributeCommand(asked));
      return LaunchPermissions.length === 0 ? 'none' : JSON.stringify(LaunchPermissions);
    } finally {
      await ec2.send(new EnableImageCommand({ ImageId: imageId }));
    }
  });
  await ask('DisableImage of a disabled image', 'IncorrectState', async () => {
    const twice = await registerImage(live, 'twice', second);
    await ec2.send(new DisableImageCommand({ ImageId: twice }));
    await ec2.send(new DisableImageCommand({ ImageId: twice }));
    return 'disabled';
  });
  await ask('GetImageAncestry of a copy whose source was deregistered', 'the source', async () => {
    const source = await registerImage(live, 'source', third);
    const copied = { Name: `${live.trial}-copy`, SourceImageId: source, SourceRegion: region };
    const { ImageId = '' } = await ec2.send(new CopyImageCommand({ ...copied, ...tagged(live, 'image', 'snapshot') }));
    await waitUntilImageAvailable({ client: ec2, maxWaitTime: 900, minDelay: 1 }, { ImageIds: [ImageId] });
    await ec2.send(new DeregisterImageCommand({ ImageId: source }));
    const { ImageAncestryEntries = [] } = await ec2.send(new GetImageAncestryCommand({ ImageId }));
    return ImageAncestryEntries.some((entry) => entry.ImageId === source) ? 'the source' : 'no source';
  });
  await ask('RestoreImageFromRecycleBin where another image has the name', 'InvalidAMIName.Duplicate', async () => {
    const Tags = [{ Key: 'ami-janitor:recycle', Value: 'true' }];
    await ec2.send(new CreateTagsCommand({ Resources: [imageId], Tags }));
    await ec2.send(new DeregisterImageCommand({ ImageId: imageId }));
    await registerImage(live, 'asked', third);
    await ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId: imageId }));
    return 'restored';
  });
}
