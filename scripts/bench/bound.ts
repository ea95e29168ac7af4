import type { Calls, Phase } from './least-run.ts';
import type { BucketUse } from './messages.ts';

/** The time that AWS's limits and the wire take, whatever a client does. */
export interface Bound {
  readonly seconds: number;
  /** The bucket, or the latency, that took the longest of it. */
  readonly by: string;
}

/**
 * How long phases must take. Within one, everything goes side by side, so that it takes as long as its longest part:
 * a chain of pages and of what must be known before something else can be asked, a latency for each link; or a
 * bucket's calls beyond what it holds, at the rate at which it is filled. Acts go one after another. What a phase
 * leaves in a bucket, and what comes back meanwhile, is there for the next.
 */
export function boundOf(phases: readonly Phase[], buckets: readonly BucketUse[], latencySeconds: number): Bound {
  const levels = new Map(buckets.map(({ bucket, size }) => [bucket, size]));
  const share = new Map<string, number>();
  let seconds = 0;
  for (const phase of phases) {
    const parts = buckets.map((use) => {
      const calls = use.operations.reduce((sum, operation) => sum + (phase.calls[operation] ?? 0), 0);
      const level = levels.get(use.bucket) ?? use.size;
      return { use, calls, level, takes: Math.max(0, (calls - level) / use.perSecond), by: `bucket ${use.bucket}` };
    });
    const latency = { takes: links(phase) * latencySeconds, by: 'latency' };
    const longest = [latency, ...parts].reduce((one, other) => (other.takes > one.takes ? other : one));
    seconds += longest.takes;
    share.set(longest.by, (share.get(longest.by) ?? 0) + longest.takes);
    for (const { use, calls, level } of parts) {
      const left = level - calls + longest.takes * use.perSecond;
      levels.set(use.bucket, Math.max(0, Math.min(use.size, left)));
    }
  }
  const [by] = [...share].sort(([, one], [, other]) => other - one)[0] ?? ['latency'];
  return { seconds, by };
}

/** How many calls of a phase must wait for one another. */
function links({ name, calls }: Phase): number {
  if (name === 'act') return sum(calls);
  if (name === 'details') return sum(calls) > 0 ? 1 : 0;
  const of = (operation: string) => calls[operation] ?? 0;
  const lists = ['DescribeInstances', 'DescribeFleets', 'DescribeSpotFleetRequests', 'DescribeComputeEnvironments'];
  const groups = of('DescribeAutoScalingGroups') + Math.min(1, of('DescribeInstanceRefreshes'));
  // The versions that anything names are known only when all that may name some is read; likewise the parameters.
  const named = Math.max(groups, ...lists.map(of)) + 1;
  const parameters = Math.max(named, of('DescribeParameters')) + Math.min(1, of('GetParameters'));
  return of('GetCallerIdentity') + Math.max(of('DescribeImages'), of('DescribeSnapshots'), parameters);
}

function sum(calls: Calls): number {
  return Object.values(calls).reduce((total, count) => total + count, 0);
}
