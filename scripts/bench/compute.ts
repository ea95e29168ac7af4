import type { AccountState } from '../../sandbox/state.ts';
import { DAY, id, tagList } from './parts.ts';
import { VERSIONS } from './templates.ts';

/** A group over a template, its instance, and a fleet over another. A tenth of each hold to an older version. */
export function addCompute(state: AccountState, number: number, images: readonly string[], now: Date): void {
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
