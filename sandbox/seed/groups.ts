import type { AutoScalingGroup, LaunchConfiguration, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { Draft } from './draft.ts';
import { addSnapshot } from './images.ts';
import { addTemplate, launches } from './templates.ts';

/** Adds a group; what `given` says wins. */
export function addGroup(draft: Draft, AutoScalingGroupName: string, given: Partial<AutoScalingGroup>): void {
  const { accountId, region } = draft.state;
  draft.state.autoScalingGroups.set(AutoScalingGroupName, {
    AutoScalingGroupName,
    AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${draft.random.hex(8)}:autoScalingGroupName/${AutoScalingGroupName}`,
    MinSize: 1,
    MaxSize: 6,
    DesiredCapacity: 2,
    DefaultCooldown: 300,
    AvailabilityZones: [`${region}a`, `${region}b`],
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 120,
    Instances: [],
    CreatedTime: draft.daysAgo(400),
    Tags: [
      {
        Key: 'Name',
        Value: AutoScalingGroupName,
        ResourceId: AutoScalingGroupName,
        ResourceType: 'auto-scaling-group',
        PropagateAtLaunch: true,
      },
    ],
    ...given,
  });
}

function addConfiguration(draft: Draft, name: string, ImageId: string, given: Partial<LaunchConfiguration> = {}): void {
  draft.state.launchConfigurations.set(name, {
    LaunchConfigurationName: name,
    LaunchConfigurationARN: `arn:aws:autoscaling:${draft.state.region}:${draft.state.accountId}:launchConfiguration:${draft.random.hex(8)}:launchConfigurationName/${name}`,
    ImageId,
    InstanceType: 'm5.large',
    SecurityGroups: [],
    BlockDeviceMappings: [],
    CreatedTime: draft.daysAgo(1100),
    ...given,
  });
}

/** Groups over the pipelines' templates, naming versions in each way that AWS takes. */
export function addPipelineGroups(draft: Draft, count: number): void {
  const templates = [...draft.state.launchTemplates.values()]
    .map((stored) => stored.template)
    .filter((template) => template.Operator?.Managed !== true);
  for (let index = 0; index < count && templates.length > 0; index += 1) {
    const template = templates[(index * 3) % templates.length];
    if (template === undefined) continue;
    const LaunchTemplateId = template.LaunchTemplateId ?? '';
    const LaunchTemplateName = template.LaunchTemplateName ?? '';
    const specification: LaunchTemplateSpecification =
      index % 2 === 0
        ? { LaunchTemplateId, LaunchTemplateName, Version: index % 4 === 0 ? '$Latest' : '$Default' }
        : { LaunchTemplateName, ...(index % 4 === 1 ? { Version: String(template.LatestVersionNumber) } : {}) };
    const size = index % 5 === 4 ? { MinSize: 0, DesiredCapacity: 0 } : {};
    const asMixed =
      index % 3 === 1
        ? {
            MixedInstancesPolicy: {
              LaunchTemplate: {
                LaunchTemplateSpecification: specification,
                Overrides: [{ InstanceType: 'c7g.large' }],
              },
            },
          }
        : { LaunchTemplate: specification };
    addGroup(draft, `${LaunchTemplateName}-asg-${index + 1}`, { ...asMixed, ...size });
  }
}

/** Groups whose image is easily overlooked. */
export function addSpecialGroups(draft: Draft): void {
  const { state } = draft;
  const old = () => draft.takeOldestId();
  addConfiguration(draft, 'billing-lc-2021', old());
  addGroup(draft, 'billing', { LaunchConfigurationName: 'billing-lc-2021' });
  const dataVolume = addSnapshot(draft, {
    ageDays: 900,
    sizeGiB: 80,
    Description: 'billing reports, mounted by configuration',
  });
  addConfiguration(draft, 'unattached-lc', old(), {
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: dataVolume } }],
  });

  const main = addTemplate(draft, { name: 'render-main', versions: [launches(old())] });
  const spot = addTemplate(draft, { name: 'render-spot', versions: [launches(old()), launches(old())] });
  addGroup(draft, 'render-mixed', {
    MixedInstancesPolicy: {
      InstancesDistribution: { OnDemandBaseCapacity: 1, SpotAllocationStrategy: 'price-capacity-optimized' },
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: main, Version: '$Default' },
        Overrides: [
          { InstanceType: 'c7g.xlarge', LaunchTemplateSpecification: { LaunchTemplateId: spot, Version: '1' } },
          { InstanceType: 'c7i.xlarge', ImageId: old() },
        ],
      },
    },
  });

  const rolling = addTemplate(draft, {
    name: 'checkout',
    versions: [launches(old()), launches(old()), launches(old())],
    defaultVersion: 1,
  });
  const stays = { LaunchTemplateId: rolling, LaunchTemplateName: 'checkout' };
  addGroup(draft, 'checkout', {
    LaunchTemplate: { ...stays, Version: '2' },
    Instances: [
      {
        InstanceId: draft.id('i'),
        InstanceType: 'm7g.large',
        AvailabilityZone: `${state.region}a`,
        LifecycleState: 'InService',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
        LaunchTemplate: { ...stays, Version: '1' },
        ImageId: old(),
      },
    ],
  });
  state.instanceRefreshes.set('checkout', [
    {
      InstanceRefreshId: draft.id('refresh'),
      AutoScalingGroupName: 'checkout',
      Status: 'InProgress',
      StartTime: draft.daysAgo(0.02),
      PercentageComplete: 30,
      InstancesToUpdate: 2,
      DesiredConfiguration: { LaunchTemplate: { ...stays, Version: '3' } },
    },
    {
      InstanceRefreshId: draft.id('refresh'),
      AutoScalingGroupName: 'checkout',
      Status: 'Successful',
      StartTime: draft.daysAgo(31),
      EndTime: draft.daysAgo(30.9),
      PercentageComplete: 100,
      InstancesToUpdate: 0,
      DesiredConfiguration: { LaunchTemplate: { ...stays, Version: '2' } },
    },
  ]);

  const dormant = addTemplate(draft, { name: 'disaster-recovery', versions: [launches(old())] });
  addGroup(draft, 'disaster-recovery', {
    MinSize: 0,
    MaxSize: 0,
    DesiredCapacity: 0,
    LaunchTemplate: { LaunchTemplateId: dormant },
  });
  const trimmed = addTemplate(draft, {
    name: 'search',
    versions: [
      launches(draft.id('ami')),
      launches(draft.id('ami')),
      launches(draft.id('ami')),
      launches(old()),
      launches(old()),
    ],
    deleted: [1, 2, 3],
  });
  addGroup(draft, 'search-old-version', { LaunchTemplate: { LaunchTemplateId: trimmed, Version: '3' } });
  addGroup(draft, 'search-present', { LaunchTemplate: { LaunchTemplateId: trimmed, Version: '4' } });
  addGroup(draft, 'names-template-gone', {
    LaunchTemplate: { LaunchTemplateId: draft.id('lt'), LaunchTemplateName: 'long-gone', Version: '1' },
  });
}
