import { DescribeInstanceRefreshesCommand, type InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { failureOf } from '../aws/errors.ts';
import { essential, listOf, pages } from '../aws/pages.ts';
import { mixedInstancesFindings } from './auto-scaling-groups.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { templateFindings } from './template-mention.ts';

const ENDED = new Set<string>(['Successful', 'Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful']);

/**
 * Active instance refreshes: what they go to, and what they may roll back to. That is the configuration that was
 * last saved on the group before the refresh began
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html). The group itself names it
 * unless someone has changed the group since; AWS shows no other trace of it than the refresh that went to it, so
 * the last one that succeeded counts too while another is active.
 */
export const instanceRefreshes: Finder = {
  source: 'instance-refreshes',
  permissions: ['autoscaling:DescribeInstanceRefreshes'],
  after: ['auto-scaling-groups'],
  async *find(context) {
    const groups = await context.mentions('group');
    const refreshes = await context.requests.sendAll(groups, ({ group }) => readRefreshes(context, group));
    for (const ofGroup of refreshes) {
      // A status that is new to this code counts as active: unknown means keep.
      const active = ofGroup.filter(({ Status }) => !ENDED.has(Status ?? ''));
      for (const refresh of active) yield* findingsOf(refresh, `${nameOf(refresh)}, which goes to it`);
      if (active[0] === undefined) continue;
      const before = lastSuccessful(ofGroup);
      if (before !== undefined) yield* findingsOf(before, `${nameOf(active[0])}, which may roll back to it`);
    }
  },
};

async function readRefreshes({ clients, requests }: FinderContext, group: string): Promise<InstanceRefresh[]> {
  const refreshes: InstanceRefresh[] = [];
  const answers = pages(
    (NextToken) =>
      requests.send(() =>
        clients.autoScaling.send(
          new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, MaxRecords: 100, NextToken }),
        ),
      ),
    (page) => page.NextToken,
  );
  try {
    for await (const page of answers) refreshes.push(...listOf(page.InstanceRefreshes, 'InstanceRefreshes'));
  } catch (error) {
    // Auto Scaling says so, by an error of no name of its own, for a group that was deleted since it was listed.
    const { code, sentence } = failureOf(error);
    if (code === 'ValidationError' && /not found/i.test(sentence)) return [];
    throw error;
  }
  return refreshes;
}

function nameOf({ InstanceRefreshId, AutoScalingGroupName }: InstanceRefresh): string {
  return `instance refresh ${InstanceRefreshId} of Auto Scaling group "${AutoScalingGroupName}"`;
}

function lastSuccessful(refreshes: readonly InstanceRefresh[]): InstanceRefresh | undefined {
  const started = ({ StartTime, InstanceRefreshId }: InstanceRefresh) =>
    essential(StartTime, `StartTime of the instance refresh ${InstanceRefreshId}`).getTime();
  return refreshes.filter(({ Status }) => Status === 'Successful').sort((a, b) => started(b) - started(a))[0];
}

function* findingsOf(refresh: InstanceRefresh, label: string): Generator<Finding> {
  const group = refresh.AutoScalingGroupName ?? '';
  const { LaunchTemplate, MixedInstancesPolicy } = refresh.DesiredConfiguration ?? {};
  yield* templateFindings(LaunchTemplate, label);
  const resource = `${group}/${refresh.InstanceRefreshId}`;
  yield* mixedInstancesFindings(MixedInstancesPolicy, resource, label, 'autoscaling:InstanceRefresh');
}
