import { DescribeInstanceRefreshesCommand, type InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { failureOf } from '../aws/errors.ts';
import { listOf, pages } from '../aws/pages.ts';
import { mixedInstancesFindings } from './auto-scaling-groups.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { templateFindings } from './template-mention.ts';

const ENDED = new Set<string>(['Successful', 'Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful']);

/**
 * Active instance refreshes: what they go to. What they may roll back to is the group's configuration before,
 * which the group itself names until the refresh has ended.
 */
export const instanceRefreshes: Finder = {
  source: 'instance-refreshes',
  after: ['auto-scaling-groups'],
  async *find(context) {
    const groups = await context.mentions('group');
    const refreshes = await context.requests.sendAll(groups, ({ group }) => readRefreshes(context, group));
    for (const refresh of refreshes.flat()) {
      // A status that is new to this code counts as active: unknown means keep.
      if (!ENDED.has(refresh.Status ?? '')) yield* findingsOf(refresh);
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
    // Auto Scaling says ValidationError for a group that was deleted since it was listed.
    if (failureOf(error).code === 'ValidationError') return [];
    throw error;
  }
  return refreshes;
}

function* findingsOf(refresh: InstanceRefresh): Generator<Finding> {
  const group = refresh.AutoScalingGroupName ?? '';
  const label = `instance refresh ${refresh.InstanceRefreshId} of Auto Scaling group "${group}"`;
  const { LaunchTemplate, MixedInstancesPolicy } = refresh.DesiredConfiguration ?? {};
  yield* templateFindings(LaunchTemplate, label);
  const resource = `${group}/${refresh.InstanceRefreshId}`;
  yield* mixedInstancesFindings(MixedInstancesPolicy, resource, label, 'autoscaling:InstanceRefresh');
}
