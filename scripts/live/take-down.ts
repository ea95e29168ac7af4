import {
  DeleteLaunchTemplateCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  type ImageRecycleBinInfo,
  paginateDescribeImages,
  paginateDescribeLaunchTemplates,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  paginateListImagesInRecycleBin,
  paginateListSnapshotsInRecycleBin,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
  type SnapshotRecycleBinInfo,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { deleteGroup, firstLine, type Live, TAG } from './live.ts';

/**
 * Takes down all of a trial, and nothing that does not carry its tag or name: what lies in the Recycle Bin is restored once its
 * rules are gone, and then deleted for good. What can't be asked for hinders nothing else.
 * @returns what is left, in sentences; nothing where all is gone
 */
export async function takeDown(live: Live): Promise<string[]> {
  const { ec2, ssm, rules, trial } = live;
  const left = new Set<string>();
  const attempt: Attempt = async (what, act) => {
    await act().catch((error: unknown) => {
      const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
      if (!/NotFound|not found/.test(`${name} ${message}`)) left.add(`${what}: ${name}: ${firstLine(message)}`);
    });
  };
  const Filters = [{ Name: `tag:${TAG}`, Values: [trial] }];
  await attempt('the group', () => deleteGroup(live));
  await attempt('the parameter', () => ssm.send(new DeleteParameterCommand({ Name: `/${trial}` })));
  await attempt('the launch templates', async () => {
    for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates({ client: ec2 }, { Filters }))
      for (const { LaunchTemplateId } of LaunchTemplates)
        await attempt(`${LaunchTemplateId}`, () => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId })));
  });
  await attempt('the volumes', async () => {
    for await (const { Volumes = [] } of paginateDescribeVolumes({ client: ec2 }, { Filters }))
      for (const { VolumeId } of Volumes)
        await attempt(`${VolumeId}`, () => ec2.send(new DeleteVolumeCommand({ VolumeId })));
  });

  await attempt('the retention rules', () => rules.remove(trial));
  for (const { SnapshotId } of (await inBin(live, attempt)).snapshots)
    await attempt(`${SnapshotId}`, () => ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId })));
  await deregisterAll(live, attempt);
  for (const { ImageId } of (await inBin(live, attempt)).images) {
    await attempt(`${ImageId}`, () => ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId })));
    // Another one in the bin may have its name.
    await deregisterAll(live, attempt);
  }
  await attempt('the snapshots', async () => {
    for await (const { Snapshots = [] } of paginateDescribeSnapshots({ client: ec2 }, { OwnerIds: ['self'], Filters }))
      for (const { SnapshotId = '' } of Snapshots) {
        await ec2.send(new UnlockSnapshotCommand({ SnapshotId })).catch(() => {});
        await ec2.send(notForTheBin(SnapshotId)).catch(() => {});
        await attempt(SnapshotId, () => ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
      }
  });
  const { images, snapshots } = await inBin(live, attempt);
  for (const { ImageId, RecycleBinExitTime: until } of images) left.add(waits(ImageId, until));
  for (const { SnapshotId, RecycleBinExitTime: until } of snapshots) left.add(waits(SnapshotId, until));
  return [...left];
}

type Attempt = (what: string, act: () => Promise<unknown>) => Promise<void>;

async function deregisterAll({ ec2, trial }: Live, attempt: Attempt): Promise<void> {
  // By name: an endpoint that is not AWS may forget the tags that an image is registered with.
  const Filters = [{ Name: 'name', Values: [`${trial}-*`] }];
  const asked = { Owners: ['self'], Filters, IncludeDeprecated: true, IncludeDisabled: true };
  await attempt('the images', async () => {
    for await (const { Images = [] } of paginateDescribeImages({ client: ec2 }, asked))
      for (const { ImageId = '', State } of Images) {
        if (State === 'deregistered') continue;
        await ec2.send(notForTheBin(ImageId)).catch(() => {});
        await attempt(ImageId, () => ec2.send(new DeregisterImageCommand({ ImageId })));
      }
  });
}

/** A rule of the account's own may go by the tag. */
function notForTheBin(id: string): DeleteTagsCommand {
  return new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'ami-janitor:recycle' }] });
}

/** What of the trial lies in the Recycle Bin. */
async function inBin({ ec2, trial }: Live, attempt: Attempt) {
  const images: ImageRecycleBinInfo[] = [];
  const snapshots: SnapshotRecycleBinInfo[] = [];
  await attempt('images in the Recycle Bin', async () => {
    for await (const { Images = [] } of paginateListImagesInRecycleBin({ client: ec2 }, {}))
      images.push(...Images.filter(({ Name }) => Name?.startsWith(`${trial}-`)));
  });
  await attempt('snapshots in the Recycle Bin', async () => {
    for await (const { Snapshots = [] } of paginateListSnapshotsInRecycleBin({ client: ec2 }, {}))
      snapshots.push(...Snapshots.filter(({ Description }) => Description === trial));
  });
  return { images, snapshots };
}

function waits(id: string | undefined, until: Date | undefined): string {
  return `${id} waits in the Recycle Bin until ${until?.toISOString()}`;
}
