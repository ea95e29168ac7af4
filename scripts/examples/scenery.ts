import type { Image, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { DAY_MILLISECONDS, type Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { addGroup } from '../../sandbox/seed/groups.ts';
import { runIdDaysAgo } from '../../sandbox/seed/history.ts';
import { addImage } from '../../sandbox/seed/images.ts';
import { addParameter } from '../../sandbox/seed/other-sources.ts';
import { addTemplate, launches } from '../../sandbox/seed/templates.ts';

type Made = Image & { readonly ImageId: string };

/** What is wished of an image beside its name. */
export interface ImageWish {
  readonly ageDays: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly launchedDaysAgo?: number;
  /** Root volume in GiB; 8 unless said. */
  readonly rootGiB?: number;
  /** In place of the root volume alone: volumes by device name, in GiB. */
  readonly volumes?: Readonly<Record<string, number>>;
  /** Deprecated by an earlier run, by a rule that deregisters so many days later. */
  readonly deprecated?: { readonly daysAgo: number; readonly rule: string; readonly deregisterAfterDays: number };
}

/** That an earlier run deprecated an image so many days ago, by a rule that deregisters after so many days. */
export function deprecation(rule: string, deregisterAfterDays: number) {
  return (daysAgo: number) => ({ deprecated: { daysAgo, rule, deregisterAfterDays } });
}

/** An image; what `given` says in EC2's own words wins. */
export function image(draft: Draft, Name: string, wish: ImageWish, given: Partial<Image> = {}): Made {
  const { ageDays, tags = {}, launchedDaysAgo, rootGiB = 8, volumes = { '/dev/xvda': rootGiB }, deprecated } = wish;
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
    { ageDays, tags: { ...tags, ...marks }, volumes },
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
export function group(draft: Draft, name: string, LaunchTemplateId: string, Version: string): void {
  addGroup(draft, name, { LaunchTemplate: { LaunchTemplateId, Version } });
}

/** An instance that runs an image, and its id. */
export function instance(
  draft: Draft,
  name: string,
  ImageId: string,
  tags: Readonly<Record<string, string>> = {},
  state: 'running' | 'stopped' = 'running',
): string {
  const InstanceId = draft.id('i');
  draft.state.instances.set(InstanceId, {
    InstanceId,
    ImageId,
    InstanceType: 'm7g.large',
    Architecture: 'arm64',
    LaunchTime: draft.daysAgo(20),
    State: { Code: state === 'stopped' ? 80 : 16, Name: state },
    Operator: { Managed: false },
    Tags: tagsOf({ Name: name, ...tags }),
  });
  return InstanceId;
}

/** A parameter; of type `aws:ec2:image` unless it is said to be text. */
export function parameter(draft: Draft, name: string, value: string, dataType = 'aws:ec2:image'): void {
  addParameter(draft, { name, values: [value], dataType });
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
