import type { Image, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { type AccountState, emptyAccount } from '../../src/sandbox/state.ts';

const DAY = 86_400_000;
const VERSIONS = 5;
const ORPHANS = 60;
/** As long as what people write into templates to set an instance up. */
const USER_DATA = Buffer.from('#!/bin/bash\n'.padEnd(800, '# set the instance up\n')).toString('base64');

/**
 * An account that a janitor has looked after for a while. For each image two snapshots, a tenth of a launch template
 * with five versions, and a twenty-fifth of a group, an instance and a fleet. Images of up to 240 days, the newest first. Under the
 * bench's policy those over 180 days are due: some not deprecated yet, some waiting, some to disable, some to go.
 */
export function benchAccount(images: number, now: Date): AccountState {
  const state = emptyAccount();
  const made = Array.from({ length: images }, (_, number) => addImage(state, number, images, now));
  for (let number = 0; number < Math.ceil(images / 10); number += 1) addTemplate(state, number, made, now);
  for (let number = 0; number < Math.ceil(images / 25); number += 1) addCompute(state, number, made, now);
  for (let number = 0; number < Math.ceil(images / 500); number += 1) addParameter(state, number, made);
  for (let number = 0; number < ORPHANS; number += 1) addOrphan(state, number, now);
  for (const resource of ['image', 'snapshot'] as const) state.recycleBin.rules.push({ resource, retentionDays: 14 });
  return state;
}

function id(prefix: string, number: number): string {
  return `${prefix}-0${number.toString(16).padStart(16, '0')}`;
}

/** Every combination of lines and stages, so that groups are about a hundred images each. */
function lineOf(
  number: number,
  images: number,
): { family: string; environment: string; architecture: 'arm64' | 'x86_64' } {
  const lines = Math.max(2, Math.ceil(images / 100));
  const line = number % lines;
  return {
    family: `service-${Math.floor(line / 2)}`,
    environment: ['prod', 'staging', 'dev'][number % 3] ?? '',
    architecture: line % 2 === 0 ? 'arm64' : 'x86_64',
  };
}

/** How far an image of that age is on its way. */
function marksOf(ageDays: number, now: Date): { tags: Record<string, string>; with: Partial<Image> } {
  const deprecatedDaysAgo = ageDays > 226 ? 40 : ageDays > 214 ? 20 : ageDays > 202 ? 7 : undefined;
  if (deprecatedDaysAgo === undefined) return { tags: {}, with: {} };
  const deprecatedAt = new Date(now.getTime() - deprecatedDaysAgo * DAY);
  const tags = {
    'ami-janitor:deprecated-at': deprecatedAt.toISOString(),
    'ami-janitor:deregister-after': new Date(deprecatedAt.getTime() + 30 * DAY).toISOString(),
    'ami-janitor:rule': 'golden images',
    'ami-janitor:run': '20261001T020000Z-bench',
  };
  const disabled = ageDays > 226;
  return {
    tags: disabled ? { ...tags, 'ami-janitor:disabled-at': new Date(now.getTime() - 26 * DAY).toISOString() } : tags,
    with: { DeprecationTime: deprecatedAt.toISOString(), ...(disabled && { State: 'disabled' }) },
  };
}

function addImage(state: AccountState, number: number, images: number, now: Date): string {
  const ImageId = id('ami', number);
  const ageDays = 1 + (239 * number) / images;
  const created = new Date(now.getTime() - ageDays * DAY);
  const { family, environment, architecture } = lineOf(number, images);
  const marks = marksOf(ageDays, now);
  const Name = `${family}-${environment}-${architecture}-${created.toISOString().slice(0, 16).replace(/[-:T]/g, '')}-b${number}`;
  const tags = {
    Name,
    Family: family,
    Environment: environment,
    Owner: `team-${number % 17}@example.com`,
    BuildId: String(4000 + number),
    GitCommit: (number * 2_654_435_761).toString(16).slice(0, 7),
    ...marks.tags,
  };
  const volumes = ['/dev/xvda', '/dev/sdf'].map((DeviceName, index) => ({
    DeviceName,
    Ebs: {
      DeleteOnTermination: true,
      SnapshotId: addSnapshot(
        state,
        2 * number + index,
        created,
        `Created by CreateImage(${id('i', number)}) for ${ImageId}`,
      ),
      VolumeSize: 8 + 12 * index,
      VolumeType: 'gp3' as const,
      Encrypted: true,
    },
  }));
  state.images.set(ImageId, {
    ImageId,
    Name,
    OwnerId: state.accountId,
    Architecture: architecture,
    CreationDate: created.toISOString(),
    Description: `${family} for ${environment}, build ${number}`,
    EnaSupport: true,
    Hypervisor: 'xen',
    ImageLocation: `${state.accountId}/${Name}`,
    ImageType: 'machine',
    PlatformDetails: 'Linux/UNIX',
    Public: false,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    State: 'available',
    UsageOperation: 'RunInstances',
    VirtualizationType: 'hvm',
    DeregistrationProtection: 'disabled',
    ...(number % 2 === 0 && { LastLaunchedTime: new Date(created.getTime() + DAY / 2).toISOString() }),
    Tags: tagList(tags),
    BlockDeviceMappings: volumes,
    ...marks.with,
  });
  if (number % 40 === 0) state.launchPermissions.set(ImageId, [{ UserId: '210987654321' }]);
  return ImageId;
}

function addSnapshot(state: AccountState, number: number, StartTime: Date, Description: string): string {
  const SnapshotId = id('snap', number);
  state.snapshots.set(SnapshotId, {
    SnapshotId,
    OwnerId: state.accountId,
    State: 'completed',
    Progress: '100%',
    StartTime,
    CompletionTime: new Date(StartTime.getTime() + 600_000),
    VolumeId: id('vol', number),
    VolumeSize: number % 2 === 0 ? 8 : 20,
    FullSnapshotSizeInBytes: 2 ** 30 * (2 + (number % 6)),
    StorageTier: 'standard',
    Encrypted: true,
    Description,
    Tags: tagList({ Name: `volume ${number}`, Environment: ['prod', 'staging', 'dev'][number % 3] ?? '' }),
  });
  return SnapshotId;
}

/** What this tool tagged when it deregistered an image, and could not delete then. */
function addOrphan(state: AccountState, number: number, now: Date): void {
  const imageId = id('ami', 2 ** 40 + number);
  const SnapshotId = addSnapshot(
    state,
    2 ** 40 + number,
    new Date(now.getTime() - 300 * DAY),
    `Created by CreateImage(${id('i', number)}) for ${imageId}`,
  );
  const snapshot = state.snapshots.get(SnapshotId);
  const Tags = tagList({ 'ami-janitor:image': imageId, 'ami-janitor:run': '20261001T020000Z-bench' });
  state.snapshots.set(SnapshotId, { ...snapshot, Tags });
}

/** A template's five versions go from image to image; every tenth template stayed with old ones. */
function addTemplate(state: AccountState, number: number, images: readonly string[], now: Date): void {
  const LaunchTemplateId = id('lt', number);
  const LaunchTemplateName = `service-${number}`;
  const common = { LaunchTemplateId, LaunchTemplateName, CreatedBy: `arn:aws:iam::${state.accountId}:role/deployer` };
  const newest = number % 10 === 0 ? Math.floor(images.length * 0.9) : (number * 5) % Math.ceil(images.length / 2);
  const versions = new Map<number, LaunchTemplateVersion>();
  for (let version = 1; version <= VERSIONS; version += 1) {
    const ImageId =
      number % 20 === 1 && version === VERSIONS
        ? `resolve:ssm:/golden/${number % Math.ceil(images.length / 500)}`
        : images[Math.min(images.length - 1, newest + VERSIONS - version)];
    versions.set(version, {
      ...common,
      VersionNumber: version,
      CreateTime: new Date(now.getTime() - (VERSIONS - version) * 30 * DAY),
      LaunchTemplateData: {
        ...(ImageId !== undefined && { ImageId }),
        InstanceType: 'm7g.large',
        EbsOptimized: true,
        MetadataOptions: { HttpTokens: 'required' },
        SecurityGroupIds: [id('sg', number)],
        UserData: USER_DATA,
      },
    });
  }
  const DefaultVersionNumber = number % 3 === 2 ? VERSIONS - 1 : VERSIONS;
  const template = { ...common, DefaultVersionNumber, LatestVersionNumber: VERSIONS };
  state.launchTemplates.set(LaunchTemplateId, { template, versions });
}

/** A group over a template, its instance, and a fleet over another. A tenth of each hold to an older version. */
function addCompute(state: AccountState, number: number, images: readonly string[], now: Date): void {
  const templates = Math.ceil(images.length / 10);
  const template = (number * 2) % templates;
  const LaunchTemplateId = id('lt', template);
  const isOld = number % 10 === 7;
  const Version = isOld ? '2' : (['$Latest', '$Default', String(VERSIONS)][number % 3] ?? '');
  const InstanceId = id('i', number);
  const launched = isOld ? 2 : VERSIONS;
  const ImageId = state.launchTemplates.get(LaunchTemplateId)?.versions.get(launched)?.LaunchTemplateData?.ImageId;
  const running = ImageId?.startsWith('ami-') === true ? ImageId : (images[template] ?? '');
  const name = `service-${template}-asg-${number}`;
  state.autoScalingGroups.set(name, {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: `arn:aws:autoscaling:${state.region}:${state.accountId}:autoScalingGroup:${number}:autoScalingGroupName/${name}`,
    MinSize: 1,
    MaxSize: 6,
    DesiredCapacity: 1,
    DefaultCooldown: 300,
    AvailabilityZones: [`${state.region}a`, `${state.region}b`],
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 120,
    CreatedTime: new Date(now.getTime() - 400 * DAY),
    LaunchTemplate: { LaunchTemplateId, LaunchTemplateName: `service-${template}`, Version },
    Instances: [
      {
        InstanceId,
        InstanceType: 'm7g.large',
        AvailabilityZone: `${state.region}a`,
        LifecycleState: 'InService',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
        LaunchTemplate: { LaunchTemplateId, Version: String(launched) },
      },
    ],
    Tags: [{ Key: 'Name', Value: name, ResourceId: name, ResourceType: 'auto-scaling-group', PropagateAtLaunch: true }],
  });
  addRefreshes(state, number, name, LaunchTemplateId, now);
  state.instances.set(InstanceId, {
    InstanceId,
    ImageId: running,
    InstanceType: 'm7g.large',
    Architecture: 'arm64',
    LaunchTime: new Date(now.getTime() - 3 * DAY),
    PrivateIpAddress: `10.${number % 250}.0.4`,
    State: { Code: 16, Name: 'running' },
    Operator: { Managed: false },
    Tags: tagList({
      Name: name,
      'aws:autoscaling:groupName': name,
      'aws:ec2launchtemplate:id': LaunchTemplateId,
      'aws:ec2launchtemplate:version': String(launched),
    }),
  });
  const FleetId = `fleet-${number.toString(16).padStart(8, '0')}-1111-2222-3333-444455556666`;
  const fleetTemplate = id('lt', (number * 2 + 1) % templates);
  state.fleets.set(FleetId, {
    FleetId,
    FleetState: 'active',
    Type: 'maintain',
    CreateTime: new Date(now.getTime() - 100 * DAY),
    TargetCapacitySpecification: { TotalTargetCapacity: 2, DefaultTargetCapacityType: 'spot' },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateId: fleetTemplate, Version: isOld ? '3' : String(VERSIONS) },
        Overrides: [{ InstanceType: 'm7g.large' }, { InstanceType: 'm7g.xlarge' }],
      },
    ],
  });
}

/** Most groups have been refreshed before; of one in fifty a refresh is under way. */
function addRefreshes(state: AccountState, number: number, group: string, LaunchTemplateId: string, now: Date): void {
  const past = Array.from({ length: number % 4 }, (_, index) => ({
    InstanceRefreshId: `${group}-refresh-${index}`,
    AutoScalingGroupName: group,
    Status: 'Successful' as const,
    StartTime: new Date(now.getTime() - (index + 2) * 10 * DAY),
    EndTime: new Date(now.getTime() - (index + 2) * 10 * DAY + 3_600_000),
    PercentageComplete: 100,
  }));
  const active = {
    InstanceRefreshId: `${group}-refresh-now`,
    AutoScalingGroupName: group,
    Status: 'InProgress' as const,
    StartTime: new Date(now.getTime() - 600_000),
    PercentageComplete: 10,
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId, Version: '$Latest' } },
  };
  state.instanceRefreshes.set(group, number % 50 === 3 ? [active, ...past] : past);
}

function addParameter(state: AccountState, number: number, images: readonly string[]): void {
  const Name = `/golden/${number}`;
  const history = [2, 1].map((age, index) => ({
    Name,
    Type: 'String' as const,
    Value: images[number * 3 + age] ?? '',
    Version: index + 1,
    DataType: 'aws:ec2:image',
    Labels: [],
  }));
  state.parameters.set(Name, { name: Name, history });
}

function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
