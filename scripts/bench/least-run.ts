import type { Report } from '../../src/report/report.ts';
import type { Mode } from './fresh-process.ts';
import type { BucketUse } from './messages.ts';

/** Calls by operation. */
export type Calls = Readonly<Record<string, number>>;

/** What a run must do one after another; within a phase everything may go side by side. */
interface Phase {
  readonly name: 'read' | 'details' | 'act';
  readonly calls: Calls;
}

const BATCH = 50;
const OPINIONS_A_CALL = 10;
const BIN_IDS_A_CALL = 20;

/**
 * The least that a run which came to this report could have asked for, in phases: a reading and the details of what is
 * due. An enforced run reads anew before each batch that takes something away, which is its rule and no waste; what
 * the first reading allows is the deprecations.
 */
export function leastPhases(mode: Mode, reading: Calls, report: Report): Phase[] {
  const phases: Phase[] = [
    { name: 'read', calls: reading },
    { name: 'details', calls: detailsOf(report, report.passes) },
  ];
  if (mode === 'dry-run') return phases;
  phases.push({ name: 'act', calls: AT_THE_ENDS });
  for (const pass of report.passes.filter(({ actions }) => actions.length > 0)) {
    const batches = pass.pass === 'deprecate' ? 0 : Math.ceil(pass.actions.length / BATCH);
    for (let batch = 0; batch < batches; batch += 1) {
      // Which of the pass's details belong to which batch makes no difference to their sum.
      const details = batch === 0 ? detailsOf(report, [pass]) : {};
      phases.push({ name: 'read', calls: reading }, { name: 'details', calls: details });
    }
    phases.push({ name: 'act', calls: actsOf(pass) });
  }
  return phases;
}

/** Who acts is written down, and the lock is taken and given back. */
const AT_THE_ENDS: Calls = {
  GetCallerIdentity: 1,
  ListAccountAliases: 1,
  PutParameter: 1,
  GetParameter: 1,
  DeleteParameter: 1,
};

/** The sum of phases, by operation. */
export function totalOf(phases: readonly Phase[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { calls } of phases) {
    for (const [operation, count] of Object.entries(calls)) total[operation] = (total[operation] ?? 0) + count;
  }
  return total;
}

/**
 * Sharing takes a call for each image and snapshot that is acted on, and the first time for each that it turned out to
 * hold back.
 */
function detailsOf({ images, snapshots, passes: all }: Report, passes: Report['passes']): Calls {
  const actions = passes.flatMap((pass) => pass.actions);
  const ofImages = actions.filter(({ action }) => ['deprecate', 'disable', 'deregister'].includes(action)).length;
  const ofSnapshots = actions.reduce((sum, action) => sum + snapshotsOf(action), 0);
  const isFirst = passes === all;
  const shared = (decided: Report['images'] | Report['snapshots']) =>
    isFirst ? decided.filter(({ reasons }) => reasons.some(({ code }) => code === 'shared')).length : 0;
  return {
    DescribeImageAttribute: ofImages + shared(images),
    DescribeSnapshotAttribute: ofSnapshots + shared(snapshots),
    ...(ofSnapshots > 0 && { DescribeLockedSnapshots: 1, DescribeFastSnapshotRestores: 1 }),
  };
}

type ReportAction = Report['passes'][number]['actions'][number];

function snapshotsOf(action: ReportAction): number {
  if (action.action === 'deregister') return action.deleteSnapshots.length;
  return action.action === 'delete-snapshot' ? 1 : 0;
}

/** Each act of a pass by itself, its tags before it; what can be asked about many things at once is. */
function actsOf({ actions }: Report['passes'][number]): Calls {
  const of = <Kind extends ReportAction['action']>(kind: Kind) =>
    actions.filter((action): action is Extract<ReportAction, { action: Kind }> => action.action === kind);
  const batches = Math.ceil(actions.length / BATCH);
  const deprecated = of('deprecate');
  const disabled = of('disable').length;
  const deregistered = of('deregister');
  const alone = of('delete-snapshot').length;
  const reinstated = of('reinstate');
  const withSnapshots = deregistered.filter(
    ({ deleteSnapshots, keepSnapshots }) => deleteSnapshots.length + keepSnapshots.length > 0,
  );
  const removed = alone + deregistered.reduce((sum, action) => sum + snapshotsOf(action), 0);
  const calls = {
    // The lock is renewed before each batch.
    PutParameter: batches,
    GetParameter: batches,
    CreateTags: deprecated.length + disabled + deregistered.length + withSnapshots.length + alone,
    EnableImageDeprecation: deprecated.filter(({ alreadyDeprecated }) => !alreadyDeprecated).length,
    // With whom an image is shared is saved right before it is lost.
    DescribeImageAttribute: disabled,
    DisableImage: disabled,
    DescribeImageReferences: Math.ceil(deregistered.length / OPINIONS_A_CALL),
    DeregisterImage: deregistered.length,
    DeleteSnapshot: alone,
    ListImagesInRecycleBin: Math.ceil(deregistered.length / BIN_IDS_A_CALL),
    ListSnapshotsInRecycleBin: Math.ceil(removed / BIN_IDS_A_CALL),
    DeleteTags: reinstated.length,
    DisableImageDeprecation: reinstated.filter(({ liftDeprecation }) => liftDeprecation).length,
    EnableImage: reinstated.filter(({ enable }) => enable).length,
  };
  return Object.fromEntries(Object.entries(calls).filter(([, count]) => count > 0));
}

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

/** All calls together. */
export function sum(calls: Calls): number {
  return Object.values(calls).reduce((total, count) => total + count, 0);
}
