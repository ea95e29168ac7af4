import { sum } from 'd3-array';
import type { Mode } from '../../model/run.ts';
import { tally } from '../../report/totals.ts';
import { hundredths } from '../../text/format.ts';
import type { TargetResult, TargetTotals } from '../act/target-result.ts';
import type { RegionTarget } from '../s3-keys.ts';
import type { SkippedRow } from '../targets/targets.ts';
import type { OwnersNotified } from './notify-owners.ts';

/** One target in the summary. */
export interface TargetSummary extends RegionTarget, Figures {
  readonly name?: string;
  /** `unread`: nobody could read it; `skipped`: it is no target after all; `not-ended`: no report came of it. */
  readonly status: 'ended' | 'unread' | 'skipped' | 'not-ended';
  /** Why there is no report. */
  readonly error?: string;
  readonly complete?: boolean;
  readonly rounds?: number;
  readonly report?: string;
  readonly stoppedPasses: readonly string[];
  readonly sharedByOthers?: { readonly images: number; readonly unused: number; readonly cancelled: number };
  /** Something was due there, and the run had no time for any of it. */
  readonly outOfTime?: boolean;
  /** What went wrong, a sentence each. */
  readonly troubles: readonly string[];
}

/** `withheld`: removals that were not made, since no Recycle Bin rule covers them. */
type Figures = Readonly<Record<Exclude<keyof typeof NOTHING, 'stoppedPasses'>, number>>;

/** What one run over an organization came to. */
export type OrganizationSummary = Readonly<ReturnType<typeof summarize>>;

/** What a summary is made from. */
export interface SummaryInput {
  readonly run: {
    readonly runId: string;
    readonly mode: Mode;
    readonly startedAt: string;
    readonly at?: string;
    readonly policy: { readonly source: string; readonly sha256: string };
  };
  readonly targets: readonly {
    readonly target: RegionTarget;
    readonly name?: string | undefined;
    readonly result: TargetResult | undefined;
  }[];
  /** What was left out before the run began. */
  readonly leftOut: readonly SkippedRow[];
  readonly notified: OwnersNotified | undefined;
  /** Whether the policy says that owners are notified. */
  readonly notifies: boolean;
}

/** Adds up what came of every target. */
export function summarize({ run, targets, leftOut, notified, notifies }: SummaryInput) {
  const places = targets.map(({ target, name, result }) => targetSummary(target, name, result));
  const ended = targets.flatMap(({ result }) => (result?.stage === 'ended' ? [result.totals] : []));
  const hundredthsOf = (of: (one: TargetTotals) => number) => hundredths(sum(ended, of));
  return {
    schemaVersion: 1,
    ...run,
    /** False where any target could not be read, or not completely, or has no report. */
    complete: places.every(({ status, complete }) => status === 'skipped' || (status === 'ended' && complete === true)),
    totals: {
      accounts: new Set(places.map(({ accountId }) => accountId)).size,
      places: tally({ ended: 0, unread: 0, skipped: 0, 'not-ended': 0 }, places, ({ status }) => status),
      ...added({ images: 0, dueImages: 0, deferred: 0 }, places),
      outcomes: added({ done: 0, skipped: 0, failed: 0 }, places),
      decisions: added(
        { keep: 0, deprecate: 0, disable: 0, archive: 0, deregister: 0, reinstate: 0 },
        ended.map(({ decisions }) => decisions),
      ),
      actions: sum(ended, ({ passes }) => sum(Object.values(passes), ({ actions }) => actions)),
      ...added({ imagesWithoutOwner: 0, unreadableSources: 0 }, ended),
      storageGiB: hundredthsOf(({ storage }) => storage.storageGiB),
      monthlyCostUpTo: hundredthsOf(({ storage }) => storage.monthlyCostUpTo),
      dueMonthlyCostUpTo: hundredthsOf(({ dueStorage }) => dueStorage.monthlyCostUpTo),
      dueGiB: hundredthsOf(({ dueStorage }) => dueStorage.storageGiB),
      deletedGiB: hundredthsOf(({ deletedStorage }) => deletedStorage.storageGiB),
      deletedMonthlyCostUpTo: hundredthsOf(({ deletedStorage }) => deletedStorage.monthlyCostUpTo),
      launchPermissionsCancelled: sum(places, ({ sharedByOthers }) => sharedByOthers?.cancelled ?? 0),
      ...added({ usageReportsAskedFor: 0 }, places),
    },
    places,
    leftOut,
    /** Absent where nobody was to be notified, or that failed. */
    ...(notified && { told: notified }),
    /** What went wrong anywhere, the target first. */
    troubles: [
      ...places.flatMap(({ accountId, troubles: problems }) => problems.map((problem) => `${accountId} ${problem}`)),
      ...(notified?.problems ?? []),
      ...(notifies && !notified ? ['the owners could not be told; see the log of the notifying state'] : []),
    ],
  };
}

/** Adds up figures of some rows, by their names. */
function added<Name extends string>(
  sums: Record<Name, number>,
  rows: readonly Readonly<Record<NoInfer<Name>, number>>[],
) {
  for (const row of rows) for (const name in sums) sums[name] += row[name];
  return sums;
}

const NOTHING = {
  ...{ images: 0, dueImages: 0, done: 0, skipped: 0, failed: 0, deferred: 0, stoppedPasses: [] },
  ...{ withheld: 0, dueGiB: 0, deletedGiB: 0, deletedMonthlyCostUpTo: 0, usageReportsAskedFor: 0 },
} as const;

const NOT_ENDED = {
  status: 'not-ended',
  error: 'it did not end in this run; see the failed executions of the state machine, and redrive it',
} as const;

function targetSummary(
  target: RegionTarget,
  name: string | undefined,
  result: TargetResult | undefined,
): TargetSummary {
  const about = { ...target, ...(name !== undefined && { name }) };
  if (result?.stage !== 'ended') {
    const { status, error } = result?.stage === 'left-out' ? result : NOT_ENDED;
    const problems = status === 'skipped' ? [] : [`${target.region}: ${error}`];
    return { ...about, ...NOTHING, status, error, troubles: problems };
  }
  const { totals, notes, troubles: problems, complete, report, rounds } = result;
  const passes = Object.entries(totals.passes);
  return {
    ...about,
    status: 'ended',
    complete,
    rounds,
    ...(report !== undefined && { report }),
    images: totals.images,
    dueImages: totals.dueImages,
    ...totals.outcomes,
    deferred: sum(passes, ([, one]) => one.deferred),
    stoppedPasses: [
      ...passes.flatMap(([pass, { stopped }]) => (stopped ? [pass] : [])),
      ...(notes.shared?.stopped === true ? ['shared-with-account'] : []),
    ],
    withheld: sum(passes, ([, one]) => one.withheld),
    dueGiB: totals.dueStorage.storageGiB,
    deletedGiB: totals.deletedStorage.storageGiB,
    deletedMonthlyCostUpTo: totals.deletedStorage.monthlyCostUpTo,
    ...(notes.shared && { sharedByOthers: notes.shared }),
    usageReportsAskedFor: notes.usageReportsAskedFor,
    ...(notes.outOfTime && { outOfTime: true }),
    troubles: [
      ...problems,
      ...[...notes.stopped, ...notes.problems].map((sentence) => `${target.region}: ${sentence}`),
    ],
  };
}
