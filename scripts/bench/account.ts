import { DAY_MILLISECONDS, Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { addGroup } from '../../sandbox/seed/groups.ts';
import { addSnapshot } from '../../sandbox/seed/images.ts';
import { addParameter } from '../../sandbox/seed/other-sources.ts';
import { Random } from '../../sandbox/seed/random.ts';
import { addTemplate, launches } from '../../sandbox/seed/templates.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { image, instance } from '../examples/scenery.ts';

const ORPHANS = 60;
/** How many versions each template has. */
const VERSIONS = 5;
/** As long as what people write into templates to set an instance up. */
const USER_DATA = Buffer.from('#!/bin/bash\n'.padEnd(800, '# set the instance up\n')).toString('base64');

/**
 * An account that a janitor has looked after for a while. For each image two snapshots, a tenth of a launch template
 * with five versions, and a twenty-fifth of a group, an instance and a fleet. Images are of up to 240 days, the newest
 * first. Under the bench's policy those over 180 days are due: some not deprecated yet, some waiting, some to disable,
 * some to go.
 */
export function benchAccount(images: number, now: Date): AccountState {
  const draft = new Draft(now, new Random(1));
  const made = Array.from({ length: images }, (_, number) => addBuild(draft, number, images));
  const templates = Array.from({ length: Math.ceil(images / 10) }, (_, number) => addVersions(draft, number, made));
  for (let number = 0; number < Math.ceil(images / 25); number += 1) addCompute(draft, number, made, templates);
  for (let number = 0; number < Math.ceil(images / 500); number += 1) {
    const values = [2, 1].map((age) => made[number * 3 + age] ?? '');
    addParameter(draft, { name: `/golden/${number}`, values, dataType: 'aws:ec2:image' });
  }
  for (let number = 0; number < ORPHANS; number += 1) addOrphan(draft);
  draft.state.recycleBin.rules.length = 0;
  for (const resource of ['image', 'snapshot'] as const) {
    draft.state.recycleBin.rules.push({ resource, retentionDays: 14 });
  }
  return draft.state;
}

/** One of every combination of lines and stages, so that groups are about a hundred images each. */
function addBuild(draft: Draft, number: number, images: number): string {
  const ageDays = 1 + (239 * number) / images;
  const line = number % Math.max(2, Math.ceil(images / 100));
  const family = `service-${Math.floor(line / 2)}`;
  const environment = ['prod', 'staging', 'dev'][number % 3] ?? '';
  const architecture = line % 2 === 0 ? 'arm64' : 'x86_64';
  const stamp = draft.isoDaysAgo(ageDays).slice(0, 16).replace(/[-:T]/g, '');
  const Name = `${family}-${environment}-${architecture}-${stamp}-b${number}`;
  const tags = {
    Name,
    Family: family,
    Environment: environment,
    Owner: `team-${number % 17}@example.com`,
    BuildId: String(4000 + number),
    GitCommit: (number * 2_654_435_761).toString(16).slice(0, 7),
  };
  const daysAgo = ageDays > 226 ? 40 : ageDays > 214 ? 20 : ageDays > 202 ? 7 : undefined;
  const deprecated = daysAgo === undefined ? undefined : { daysAgo, rule: 'golden images', deregisterAfterDays: 30 };
  const isDisabled = ageDays > 226;
  const { ImageId } = image(
    draft,
    Name,
    {
      ageDays,
      tags: isDisabled ? { ...tags, 'ami-janitor:disabled-at': draft.isoDaysAgo(26) } : tags,
      volumes: { '/dev/xvda': 8, '/dev/sdf': 20 },
      ...(deprecated && { deprecated }),
      ...(number % 2 === 0 && { launchedDaysAgo: ageDays - 0.5 }),
    },
    {
      Architecture: architecture,
      Description: `${family} for ${environment}, build ${number}`,
      DeregistrationProtection: 'disabled',
      ...(isDisabled && { State: 'disabled' }),
    },
  );
  if (number % 40 === 0) draft.state.launchPermissions.set(ImageId, [{ UserId: '210987654321' }]);
  return ImageId;
}

/** A template's five versions go from image to image; every tenth template stayed with old ones. */
function addVersions(draft: Draft, number: number, images: readonly string[]): string {
  const newest = number % 10 === 0 ? Math.floor(images.length * 0.9) : (number * 5) % Math.ceil(images.length / 2);
  const versions = Array.from({ length: VERSIONS }, (_, index) => {
    const named = images[Math.min(images.length - 1, newest + VERSIONS - 1 - index)] ?? '';
    const resolves = number % 20 === 1 && index === VERSIONS - 1;
    const ImageId = resolves ? `resolve:ssm:/golden/${number % Math.ceil(images.length / 500)}` : named;
    return { ...launches(ImageId), SecurityGroupIds: [draft.id('sg')], UserData: USER_DATA };
  });
  const defaultVersion = number % 3 === 2 ? VERSIONS - 1 : VERSIONS;
  return addTemplate(draft, { name: `service-${number}`, versions, defaultVersion });
}

/** A group over a template, its instance, and a fleet over another. A tenth of each hold to an older version. */
function addCompute(draft: Draft, number: number, images: readonly string[], templates: readonly string[]): void {
  const { state } = draft;
  const of = (index: number) => templates[index % templates.length] ?? '';
  const LaunchTemplateId = of(number * 2);
  const isOld = number % 10 === 7;
  const launched = isOld ? 2 : VERSIONS;
  const ImageId = state.launchTemplates.get(LaunchTemplateId)?.versions.get(launched)?.LaunchTemplateData?.ImageId;
  const running = ImageId?.startsWith('ami-') === true ? ImageId : (images[number * 2] ?? '');
  const name = `service-${(number * 2) % templates.length}-asg-${number}`;
  const InstanceId = instance(draft, name, running, {
    'aws:autoscaling:groupName': name,
    'aws:ec2launchtemplate:id': LaunchTemplateId,
    'aws:ec2launchtemplate:version': String(launched),
  });
  const Version = isOld ? '2' : (['$Latest', '$Default', String(VERSIONS)][number % 3] ?? '');
  addGroup(draft, name, {
    LaunchTemplate: { LaunchTemplateId, LaunchTemplateName: `service-${(number * 2) % templates.length}`, Version },
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
  });
  addRefreshes(draft, number, name, LaunchTemplateId);
  const FleetId = `fleet-${number.toString(16).padStart(8, '0')}-1111-2222-3333-444455556666`;
  state.fleets.set(FleetId, {
    FleetId,
    FleetState: 'active',
    Type: 'maintain',
    CreateTime: draft.daysAgo(100),
    TargetCapacitySpecification: { TotalTargetCapacity: 2, DefaultTargetCapacityType: 'spot' },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: of(number * 2 + 1),
          Version: isOld ? '3' : String(VERSIONS),
        },
        Overrides: [{ InstanceType: 'm7g.large' }, { InstanceType: 'm7g.xlarge' }],
      },
    ],
  });
}

/** Most groups have been refreshed before; of one in fifty a refresh is under way. */
function addRefreshes(draft: Draft, number: number, group: string, LaunchTemplateId: string): void {
  const past = Array.from({ length: number % 4 }, (_, index) => ({
    InstanceRefreshId: `${group}-refresh-${index}`,
    AutoScalingGroupName: group,
    Status: 'Successful' as const,
    StartTime: draft.daysAgo((index + 2) * 10),
    EndTime: draft.daysAgo((index + 2) * 10 - 1 / 24),
    PercentageComplete: 100,
  }));
  const active = {
    InstanceRefreshId: `${group}-refresh-now`,
    AutoScalingGroupName: group,
    Status: 'InProgress' as const,
    StartTime: new Date(draft.now.getTime() - DAY_MILLISECONDS / 144),
    PercentageComplete: 10,
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId, Version: '$Latest' } },
  };
  draft.state.instanceRefreshes.set(group, number % 50 === 3 ? [active, ...past] : past);
}

/** What this tool tagged when it deregistered an image, and could not delete then. */
function addOrphan(draft: Draft): void {
  const imageId = draft.id('ami');
  addSnapshot(draft, {
    ageDays: 300,
    sizeGiB: 20,
    Description: `Created by CreateImage(${draft.id('i')}) for ${imageId}`,
    Tags: tagsOf({ 'ami-janitor:image': imageId, 'ami-janitor:run': '20261001T020000Z-bench' }),
  });
}
