import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  EC2Client,
  RegisterImageCommand,
  type ResourceType,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { recycleBinClient } from '../../src/aws/small-services.ts';
import { RetentionRules } from './retention-rules.ts';

/** What every resource of a trial carries, with the trial's name as its value. */
export const TAG = 'ami-janitor-live';
const WAIT = { maxWaitTime: 600, minDelay: 1, maxDelay: 15 };

/** What one call of the command line ended with; `json` is what it printed with `--format json`. */
export interface Ended {
  readonly exitCode: number;
  readonly json: unknown;
  readonly stderr: string;
}

/** What a trial is made with. */
export interface Live {
  readonly region: string;
  /** A name that nothing else in the account has. */
  readonly trial: string;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly rules: RetentionRules;
  /** Calls ami-janitor as its users do. */
  readonly janitor: (...args: readonly string[]) => Promise<Ended>;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** The clients of a trial. */
export function clientsOf(region: string) {
  const [ec2, autoScaling, ssm] = [
    new EC2Client({ region }),
    new AutoScalingClient({ region }),
    new SSMClient({ region }),
  ];
  return { region, ec2, autoScaling, ssm, rules: new RetentionRules(recycleBinClient({ region }, ec2), TAG) };
}

/** The tag of a trial, as a request that makes such resources takes it. */
export function tagged({ trial }: Pick<Live, 'trial'>, ...types: ResourceType[]) {
  return { TagSpecifications: types.map((ResourceType) => ({ ResourceType, Tags: [{ Key: TAG, Value: trial }] })) };
}

/** Makes snapshots of an empty volume of one GiB, which is deleted at once: they hold no block and cost nothing. */
export async function makeSnapshots(live: Live, count: number): Promise<string[]> {
  const { ec2 } = live;
  const zones = await ec2.send(
    new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }] }),
  );
  const AvailabilityZone = zones.AvailabilityZones?.[0]?.ZoneName;
  const { VolumeId = '' } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone, Size: 1, VolumeType: 'gp3', ...tagged(live, 'volume') }),
  );
  await waitUntilVolumeAvailable({ client: ec2, ...WAIT }, { VolumeIds: [VolumeId] });
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const { SnapshotId = '' } = await ec2.send(
      new CreateSnapshotCommand({ VolumeId, Description: live.trial, ...tagged(live, 'snapshot') }),
    );
    // A second snapshot of a volume may begin only some seconds after the first.
    await waitUntilSnapshotCompleted({ client: ec2, ...WAIT }, { SnapshotIds: [SnapshotId] });
    ids.push(SnapshotId);
  }
  await ec2.send(new DeleteVolumeCommand({ VolumeId }));
  return ids;
}

/** Registers an image of a snapshot; it boots nothing, and nothing launches it. */
export async function registerImage(live: Live, name: string, SnapshotId: string): Promise<string> {
  const { ImageId = '' } = await live.ec2.send(
    new RegisterImageCommand({
      Name: `${live.trial}-${name}`,
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }],
      ...tagged(live, 'image'),
    }),
  );
  return ImageId;
}

/** A launch template that names an image. */
export async function makeTemplate(live: Live, name: string, ImageId: string): Promise<string> {
  const LaunchTemplateName = `${live.trial}-${name}`;
  const LaunchTemplateData = { ImageId, InstanceType: 't3.nano' as const };
  await live.ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData, ...tagged(live, 'launch-template') }),
  );
  return LaunchTemplateName;
}

/** A group of a template, of size 0: it launches nothing. */
export async function makeGroup(live: Live, LaunchTemplateName: string): Promise<void> {
  const zones = await live.ec2.send(
    new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }] }),
  );
  await live.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: live.trial,
      LaunchTemplate: { LaunchTemplateName, Version: '$Default' },
      AvailabilityZones: (zones.AvailabilityZones ?? []).flatMap(({ ZoneName }) => ZoneName ?? []).slice(0, 1),
      MinSize: 0,
      MaxSize: 0,
      Tags: [{ Key: TAG, Value: live.trial, PropagateAtLaunch: false }],
    }),
  );
}

/** A parameter that holds an image. */
export async function makeParameter(live: Live, Value: string): Promise<void> {
  const Tags = [{ Key: TAG, Value: live.trial }];
  await live.ssm.send(
    new PutParameterCommand({ Name: `/${live.trial}`, Value, Type: 'String', DataType: 'aws:ec2:image', Tags }),
  );
}

/** AWS's own code for a refusal. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/** What an endpoint that is not AWS answers can be a page long. */
export function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Deletes the group. */
export async function deleteGroup({ autoScaling, trial }: Live): Promise<void> {
  await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: trial, ForceDelete: true }));
}
