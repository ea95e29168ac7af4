import {
  type AutoScalingGroup,
  type InstanceRefresh,
  type MixedInstancesPolicy,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import { failureOf } from '../aws/errors.ts';
import { BrokenAnswerError, essential, itemsOf } from '../aws/requests.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, reference, snapshotFindings, templateFindings } from './findings.ts';

/** Auto Scaling groups, those of size 0 too: what they launch next, and what their instances run. */
export const autoScalingGroups: Finder = {
  source: 'auto-scaling-groups',
  async *find({ clients, requests }) {
    const groups = paginateDescribeAutoScalingGroups({ client: clients.autoScaling }, { MaxRecords: 100 });
    for await (const group of itemsOf(groups, 'AutoScalingGroups', requests)) yield* groupFindings(group);
  },
};

function* groupFindings(group: AutoScalingGroup): Generator<Finding> {
  const name = essential(group.AutoScalingGroupName, 'AutoScalingGroupName of a group');
  const label = `Auto Scaling group "${name}"`;
  if (!(group.LaunchTemplate || group.LaunchConfigurationName || group.MixedInstancesPolicy)) {
    // A group that was made from an instance has a launch configuration, too.
    throw new BrokenAnswerError(`the answer does not say what ${label} launches, which AWS always sends`);
  }
  yield { finds: 'group', group: name };
  yield* templateFindings(group.LaunchTemplate, label);
  yield* configurationFindings(group.LaunchConfigurationName, label);
  yield* mixedInstancesFindings(group.MixedInstancesPolicy, 'autoscaling:AutoScalingGroup', name, label);
  for (const instance of group.Instances ?? []) {
    const running = `instance ${instance.InstanceId} of ${label}`;
    yield* templateFindings(instance.LaunchTemplate, running, true);
    yield* configurationFindings(instance.LaunchConfigurationName, running);
    yield* imageFindings(
      instance.ImageId,
      reference('autoscaling:AutoScalingGroup', name, `instance ${instance.InstanceId}`),
    );
  }
}

function* configurationFindings(name: string | undefined, namedBy: string): Generator<Finding> {
  if (name !== undefined && name !== '') yield { finds: 'launch-configuration', name, namedBy };
}

/**
 * What a mixed instances policy names: its template, and each override's template or image.
 * @param resource the group or refresh whose policy it is
 * @param label who names them, in words
 */
function* mixedInstancesFindings(
  policy: MixedInstancesPolicy | undefined,
  kind: 'autoscaling:AutoScalingGroup' | 'autoscaling:InstanceRefresh',
  resource: string,
  label: string,
): Generator<Finding> {
  if (policy === undefined) return;
  const template = essential(policy.LaunchTemplate, `LaunchTemplate in the mixed instances policy of ${label}`);
  const { LaunchTemplateSpecification: specification, Overrides } = template;
  yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${label}`), label);
  for (const override of Overrides ?? []) {
    const type = override.InstanceType ?? 'any type';
    yield* templateFindings(override.LaunchTemplateSpecification, `${label}, override for ${type}`);
    yield* imageFindings(override.ImageId, reference(kind, resource, `mixed instances policy, override for ${type}`));
  }
}

/** Launch configurations, attached to a group or not. */
export const launchConfigurations: Finder = {
  source: 'launch-configurations',
  async *find({ clients, requests, mentions }) {
    const paginator = paginateDescribeLaunchConfigurations({ client: clients.autoScaling }, { MaxRecords: 100 });
    const configurations = await Array.fromAsync(itemsOf(paginator, 'LaunchConfigurations', requests));
    const named = Map.groupBy(await mentions('launch-configuration'), (mention) => mention.name);
    for (const configuration of configurations) {
      const name = essential(configuration.LaunchConfigurationName, 'LaunchConfigurationName');
      const namedBy = (named.get(name) ?? []).map((mention) => mention.namedBy);
      const found = { ...reference('autoscaling:LaunchConfiguration', name), namedBy };
      yield* imageFindings(essential(configuration.ImageId, `ImageId of launch configuration "${name}"`), found);
      yield* snapshotFindings(configuration.BlockDeviceMappings, found);
      named.delete(name);
    }
    for (const [name, mentioned] of named) {
      const namedBy = mentioned.map((mention) => mention.namedBy);
      yield { finds: 'dangling', missing: `launch configuration "${name}"`, namedBy };
    }
  },
};

const REFRESH_ENDED = new Set<string>(['Successful', 'Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful']);

/**
 * Active instance refreshes: what they go to, and what they may roll back to. That is the configuration that was
 * last saved on the group before the refresh began
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html). The group itself names it
 * unless someone has changed the group since; AWS shows no other trace of it than the refresh that went to it, so
 * the last one that succeeded counts too while another is active.
 */
export const instanceRefreshes: Finder = {
  source: 'instance-refreshes',
  async *find(context) {
    const groups = await context.mentions('group');
    const refreshes = await context.requests.sendAll(groups, ({ group }) => readRefreshes(context, group));
    for (const ofGroup of refreshes) {
      // A status that is new to this code counts as active: unknown means keep.
      const active = ofGroup.filter(({ Status }) => !REFRESH_ENDED.has(Status ?? ''));
      for (const refresh of active) yield* refreshFindings(refresh, `${labelOf(refresh)}, which goes to it`);
      if (active[0] === undefined) continue;
      const before = lastSuccessful(ofGroup);
      if (before !== undefined) yield* refreshFindings(before, `${labelOf(active[0])}, which may roll back to it`);
    }
  },
};

async function readRefreshes({ clients, requests }: FinderContext, group: string): Promise<InstanceRefresh[]> {
  const paginator = paginateDescribeInstanceRefreshes(
    { client: clients.autoScaling },
    { AutoScalingGroupName: group, MaxRecords: 100 },
  );
  try {
    return await Array.fromAsync(itemsOf(paginator, 'InstanceRefreshes', requests));
  } catch (error) {
    // Auto Scaling says so, by an error of no name of its own, for a group that was deleted since it was listed.
    const { code, sentence } = failureOf(error);
    if (code === 'ValidationError' && sentence.includes('AutoScalingGroup name not found')) return [];
    throw error;
  }
}

function labelOf({ InstanceRefreshId, AutoScalingGroupName }: InstanceRefresh): string {
  return `instance refresh ${InstanceRefreshId} of Auto Scaling group "${AutoScalingGroupName}"`;
}

function lastSuccessful(refreshes: readonly InstanceRefresh[]): InstanceRefresh | undefined {
  const started = ({ StartTime, InstanceRefreshId }: InstanceRefresh) =>
    essential(StartTime, `StartTime of the instance refresh ${InstanceRefreshId}`).getTime();
  return refreshes.filter(({ Status }) => Status === 'Successful').sort((a, b) => started(b) - started(a))[0];
}

function* refreshFindings(refresh: InstanceRefresh, label: string): Generator<Finding> {
  const { LaunchTemplate, MixedInstancesPolicy } = refresh.DesiredConfiguration ?? {};
  yield* templateFindings(LaunchTemplate, label);
  const resource = `${refresh.AutoScalingGroupName ?? ''}/${refresh.InstanceRefreshId}`;
  yield* mixedInstancesFindings(MixedInstancesPolicy, 'autoscaling:InstanceRefresh', resource, label);
}
