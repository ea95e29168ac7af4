import {
  type AutoScalingGroup,
  type AutoScalingGroupNamesType,
  type AutoScalingGroupsType,
  CreateAutoScalingGroup$,
  type CreateAutoScalingGroupType,
  DeleteAutoScalingGroup$,
  type DeleteAutoScalingGroupType,
  DescribeAutoScalingGroups$,
  DescribeInstanceRefreshes$,
  type DescribeInstanceRefreshesAnswer,
  type DescribeInstanceRefreshesType,
  DescribeLaunchConfigurations$,
  type Filter,
  type LaunchConfigurationNamesType,
  type LaunchConfigurationsType,
  type LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling';
import { templateOf } from './ec2/launch-templates.ts';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read, write } from './operation.ts';
import type { AccountState } from './state.ts';

const DEFAULT_RECORDS = 50;
const MOST_RECORDS = 100;

function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

function pageSize(asked: number | undefined): number {
  if (asked === undefined) return DEFAULT_RECORDS;
  if (asked >= 1 && asked <= MOST_RECORDS) return asked;
  throw validationError(
    `1 validation error detected: Value '${asked}' at 'maxRecords' failed to satisfy constraint: Member must have value between 1 and 100`,
  );
}

function passes(group: AutoScalingGroup, filter: Filter): boolean {
  const values = filter.Values ?? [];
  const tags = group.Tags ?? [];
  const name = filter.Name ?? '';
  if (name === 'tag-key') return tags.some((tag) => values.includes(tag.Key ?? ''));
  if (name === 'tag-value') return tags.some((tag) => values.includes(tag.Value ?? ''));
  if (name.startsWith('tag:')) return tags.some((tag) => tag.Key === name.slice(4) && values.includes(tag.Value ?? ''));
  throw validationError(`Filter type ${name} is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>`);
}

/** Names that nobody has are simply not in the answer. */
function named<Resource>(
  resources: ReadonlyMap<string, Resource>,
  names: readonly string[] | undefined,
): readonly Resource[] {
  if (names === undefined || names.length === 0) return [...resources.values()];
  return names.flatMap((name) => resources.get(name) ?? []);
}

function describeGroups(input: AutoScalingGroupNamesType, { state, pages }: Context): AutoScalingGroupsType {
  const size = pageSize(input.MaxRecords);
  const groups = named(state.autoScalingGroups, input.AutoScalingGroupNames).filter((group) =>
    (input.Filters ?? []).every((filter) => passes(group, filter)),
  );
  const page = pages.take(groups, (group) => group.AutoScalingGroupName, { token: input.NextToken, size });
  return { AutoScalingGroups: page.items.map((group) => asAnswered(group, state)), NextToken: page.nextToken };
}

/** A group by whatever its template was named, it is answered with the template's id and its name. */
function asAnswered(group: AutoScalingGroup, state: AccountState): AutoScalingGroup {
  const both = (given: LaunchTemplateSpecification): LaunchTemplateSpecification => {
    const { LaunchTemplateId: id, LaunchTemplateName: name } = given;
    const known =
      id === undefined
        ? [...state.launchTemplates.values()].find(({ template }) => template.LaunchTemplateName === name)
        : state.launchTemplates.get(id);
    return {
      ...given,
      ...(known && {
        LaunchTemplateId: known.template.LaunchTemplateId,
        LaunchTemplateName: known.template.LaunchTemplateName,
      }),
    };
  };
  const within = <Holder extends { LaunchTemplateSpecification?: LaunchTemplateSpecification | undefined }>(
    holder: Holder,
  ): Holder => {
    const { LaunchTemplateSpecification: given } = holder;
    return given === undefined ? holder : { ...holder, LaunchTemplateSpecification: both(given) };
  };
  const { LaunchTemplate, MixedInstancesPolicy: mixed, Instances } = group;
  return {
    TerminationPolicies: ['Default'],
    ...group,
    ...(LaunchTemplate && { LaunchTemplate: both(LaunchTemplate) }),
    ...(mixed?.LaunchTemplate && {
      MixedInstancesPolicy: {
        ...mixed,
        LaunchTemplate: {
          ...within(mixed.LaunchTemplate),
          ...(mixed.LaunchTemplate.Overrides && { Overrides: mixed.LaunchTemplate.Overrides.map(within) }),
        },
      },
    }),
    ...(Instances && {
      Instances: Instances.map((one) =>
        one.LaunchTemplate === undefined ? one : { ...one, LaunchTemplate: both(one.LaunchTemplate) },
      ),
    }),
  };
}

function describeConfigurations(
  input: LaunchConfigurationNamesType,
  { state, pages }: Context,
): LaunchConfigurationsType {
  const size = pageSize(input.MaxRecords);
  const configurations = named(state.launchConfigurations, input.LaunchConfigurationNames);
  const page = pages.take(configurations, (configuration) => configuration.LaunchConfigurationName, {
    token: input.NextToken,
    size,
  });
  return { LaunchConfigurations: page.items, NextToken: page.nextToken };
}

function describeRefreshes(
  input: DescribeInstanceRefreshesType,
  { state, pages }: Context,
): DescribeInstanceRefreshesAnswer {
  const size = pageSize(input.MaxRecords);
  const group = input.AutoScalingGroupName ?? '';
  if (!state.autoScalingGroups.has(group))
    throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${group}' not found`);
  const asked = input.InstanceRefreshIds ?? [];
  const refreshes = (state.instanceRefreshes.get(group) ?? []).filter(
    (refresh) => asked.length === 0 || asked.includes(refresh.InstanceRefreshId ?? ''),
  );
  const page = pages.take(refreshes, (refresh) => refresh.InstanceRefreshId, { token: input.NextToken, size });
  return { InstanceRefreshes: page.items, NextToken: page.nextToken };
}

/** Of a launch template alone, and without instances: nothing is launched here. */
function createGroup(input: CreateAutoScalingGroupType, { state, now }: Context): undefined {
  const { AutoScalingGroupName: name = '', MinSize, MaxSize, DesiredCapacity = MinSize, LaunchTemplate: asked } = input;
  if (state.autoScalingGroups.has(name))
    throw new ServiceError('AlreadyExists', `AutoScalingGroup by this name already exists - ${name}`);
  if (asked === undefined)
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  const zones = input.AvailabilityZones ?? [];
  if (zones.length === 0 && input.VPCZoneIdentifier === undefined)
    throw validationError('You must specify either Availability Zones or VPC Subnets.');
  if (DesiredCapacity !== 0) throw validationError('The embedded endpoint launches nothing: ask for a size of 0.');
  const { template } = templateOf(state, asked.LaunchTemplateId, asked.LaunchTemplateName);
  const { LaunchTemplateId, LaunchTemplateName } = template;
  state.autoScalingGroups.set(name, {
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateId, LaunchTemplateName, Version: asked.Version ?? '$Default' },
    MinSize,
    MaxSize,
    DesiredCapacity,
    DefaultCooldown: input.DefaultCooldown ?? 300,
    AvailabilityZones: zones,
    HealthCheckType: 'EC2',
    CreatedTime: now,
    Instances: [],
    Tags: (input.Tags ?? []).map((tag) => ({ ...tag, ResourceId: name, ResourceType: 'auto-scaling-group' })),
  });
}

function deleteGroup({ AutoScalingGroupName: name = '' }: DeleteAutoScalingGroupType, { state }: Context): undefined {
  if (!state.autoScalingGroups.delete(name))
    throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
}

export const autoScalingOperations: readonly Operation[] = [
  read(DescribeAutoScalingGroups$, describeGroups),
  read(DescribeLaunchConfigurations$, describeConfigurations),
  read(DescribeInstanceRefreshes$, describeRefreshes),
  write(CreateAutoScalingGroup$, createGroup),
  write(DeleteAutoScalingGroup$, deleteGroup),
];
