import type { Image, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { DAY_MILLISECONDS, type Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { runIdDaysAgo } from '../../sandbox/seed/history.ts';
import { addImage } from '../../sandbox/seed/images.ts';
import { addTemplate, launches } from '../../sandbox/seed/templates.ts';

type Made = Image & { readonly ImageId: string };

interface ImageWish {
  readonly ageDays: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly launchedDaysAgo?: number;
  /** Root volume in GiB. */
  readonly rootGiB?: number;
  /** Deprecated by an earlier run, by a rule that deregisters so many days later. */
  readonly deprecated?: { readonly daysAgo: number; readonly rule: string; readonly deregisterAfterDays: number };
}

/** An image; what `given` says in EC2's own words wins. */
export function image(draft: Draft, Name: string, wish: ImageWish, given: Partial<Image> = {}): Made {
  const { ageDays, tags = {}, launchedDaysAgo, rootGiB = 8, deprecated } = wish;
  const DeprecationTime = deprecated && draft.isoDaysAgo(deprecated.daysAgo);
  const marks = deprecated && {
    'ami-janitor:deprecated-at': draft.isoDaysAgo(deprecated.daysAgo),
    'ami-janitor:deregister-after': new Date(
      draft.daysAgo(deprecated.daysAgo).getTime() + deprecated.deregisterAfterDays * DAY_MILLISECONDS,
    ).toISOString(),
    'ami-janitor:rule': deprecated.rule,
    'ami-janitor:run': runIdDaysAgo(draft, deprecated.daysAgo),
  };
  return addImage(
    draft,
    { ageDays, tags: { ...tags, ...marks }, volumes: { '/dev/xvda': rootGiB } },
    {
      Name,
      ...(launchedDaysAgo === undefined ? {} : { LastLaunchedTime: draft.isoDaysAgo(launchedDaysAgo) }),
      ...(DeprecationTime === undefined ? {} : { DeprecationTime }),
      ...given,
    },
  );
}

/** A launch template with a version for each image or text, oldest first; `$Default` is the latest unless said. */
export function template(
  draft: Draft,
  name: string,
  imageIds: readonly string[],
  defaultVersion = imageIds.length,
): string {
  const versions: ResponseLaunchTemplateData[] = imageIds.map(launches);
  return addTemplate(draft, { name, versions, defaultVersion });
}

/** An Auto Scaling group over a version of a template. */
export function group(draft: Draft, AutoScalingGroupName: string, LaunchTemplateId: string, Version: string): void {
  const { state } = draft;
  state.autoScalingGroups.set(AutoScalingGroupName, {
    AutoScalingGroupName,
    AutoScalingGroupARN: `arn:aws:autoscaling:${state.region}:${state.accountId}:autoScalingGroup:${draft.random.hex(8)}:autoScalingGroupName/${AutoScalingGroupName}`,
    MinSize: 1,
    MaxSize: 4,
    DesiredCapacity: 2,
    DefaultCooldown: 300,
    AvailabilityZones: [`${state.region}a`],
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 120,
    Instances: [],
    CreatedTime: draft.daysAgo(400),
    Tags: [],
    LaunchTemplate: { LaunchTemplateId, Version },
  });
}

/** An instance that runs an image. */
export function instance(draft: Draft, name: string, ImageId: string, stopped = false): void {
  const InstanceId = draft.id('i');
  draft.state.instances.set(InstanceId, {
    InstanceId,
    ImageId,
    InstanceType: 'm7g.large',
    Architecture: 'arm64',
    LaunchTime: draft.daysAgo(20),
    State: stopped ? { Code: 80, Name: 'stopped' } : { Code: 16, Name: 'running' },
    Operator: { Managed: false },
    Tags: tagsOf({ Name: name }),
  });
}

/** A parameter; of type `aws:ec2:image` unless it is said to be text. */
export function parameter(draft: Draft, name: string, Value: string, DataType = 'aws:ec2:image'): void {
  const version = {
    Name: name,
    Type: 'String' as const,
    Value,
    Version: 1,
    LastModifiedDate: draft.daysAgo(20),
    LastModifiedUser: `arn:aws:iam::${draft.state.accountId}:role/deployer`,
    DataType,
    Tier: 'Standard' as const,
    Labels: [],
  };
  draft.state.parameters.set(name, { name, history: [version] });
}

/** An Image Builder recipe that starts from an image. */
export function recipe(draft: Draft, name: string, version: string, parentImage: string): void {
  const { accountId, region } = draft.state;
  const arn = `arn:aws:imagebuilder:${region}:${accountId}:image-recipe/${name}/${version}`;
  draft.state.imageRecipes.set(arn, {
    arn,
    name,
    version,
    parentImage,
    platform: 'Linux',
    owner: accountId,
    dateCreated: draft.isoDaysAgo(60),
    tags: {},
  });
}
