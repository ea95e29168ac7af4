import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  EC2Client,
  LockSnapshotCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { serve } from '../builders/serve.ts';
import { StoryAccount } from '../scenarios/account.ts';

const region = 'eu-west-1';
const image = (Name: string, SnapshotId: string) =>
  new RegisterImageCommand({
    Name,
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
  });
const group = (DesiredCapacity: number) =>
  new CreateAutoScalingGroupCommand({
    AutoScalingGroupName: 'web',
    LaunchTemplate: { LaunchTemplateName: 'web' },
    AvailabilityZones: [`${region}a`],
    MinSize: 0,
    MaxSize: 1,
    DesiredCapacity,
  });

it('what people make is there, and what EC2 and Auto Scaling refuse is refused in their words', async () => {
  const { state } = new StoryAccount(emptyAccount());
  await serve({ account: state, now: () => new Date() });
  const [ec2, autoScaling] = [new EC2Client({ region }), new AutoScalingClient({ region })];
  const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 1 }));
  const made = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  expect(made.State).toBe('pending');
  const SnapshotId = made.SnapshotId ?? '';
  const { ImageId = '' } = await ec2.send(image('base', SnapshotId));
  expect(state.images.get(ImageId)).toMatchObject({ Name: 'base', State: 'available', RootDeviceType: 'ebs' });
  const LaunchTemplateData = { ImageId };
  const template = new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData });
  const { LaunchTemplate } = await ec2.send(template);
  await autoScaling.send(group(0));
  expect(state.autoScalingGroups.get('web')?.LaunchTemplate).toEqual({
    LaunchTemplateId: LaunchTemplate?.LaunchTemplateId,
    LaunchTemplateName: 'web',
    Version: '$Default',
  });

  const zone = new CreateVolumeCommand({ AvailabilityZone: 'nowhere', Size: 1 });
  const volume = new CreateSnapshotCommand({ VolumeId: 'vol-0123456789abcdef0' });
  const lock = new LockSnapshotCommand({ SnapshotId, LockMode: 'governance' });
  const gone = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'gone' });
  const wrongTag = new CreateSnapshotCommand({ VolumeId, TagSpecifications: [{ ResourceType: 'volume', Tags: [] }] });
  await expect(ec2.send(image('base', SnapshotId))).rejects.toThrow(/already in use by AMI/);
  await expect(ec2.send(image('x', SnapshotId))).rejects.toThrow(/between 3 and 128/);
  await expect(ec2.send(image('other', 'snap-0123456789abcdef0'))).rejects.toThrow(/does not exist/);
  await expect(ec2.send(zone)).rejects.toThrow(/Invalid availability zone/);
  await expect(ec2.send(volume)).rejects.toThrow(/does not exist/);
  await expect(ec2.send(wrongTag)).rejects.toThrow(/not a valid taggable resource type/);
  await expect(ec2.send(lock)).rejects.toThrow(/lockDuration/);
  await expect(ec2.send(template)).rejects.toThrow(/already in use/);
  await expect(autoScaling.send(group(0))).rejects.toThrow(/already exists/);
  await expect(autoScaling.send(group(1))).rejects.toThrow(/already exists|size of 0/);
  await expect(autoScaling.send(gone)).rejects.toThrow(/not found/);
});
