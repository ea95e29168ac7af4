import type { Mode } from '../../model/run.ts';
import { hundredths } from '../../text/format.ts';
import type { TargetResult, TargetTotals } from '../act/target-result.ts';
import type { RegionTarget } from '../s3-keys.ts';
import type { SkippedRow } from '../targets/targets.ts';
import type { OwnersNotified } from './notify-owners.ts';

/** One target in the summary. */
export interface TargetSummary extends RegionTarget {
  readonly name?: string;
  /** `unread`: nobody could read it; `skipped`: it is no target after all; `not-ended`: no report came of it. */
  readonly status: 'ended' | 'unread' | 'skipped' | 'not-ended';
  /** Why there is no report. */
  readonly error?: string;
  readonly complete?: boolean;
  readonly rounds?: number;
  readonly report?: string;
  readonly images: number;
  readonly dueImages: number;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly deferred: number;
  readonly stoppedPasses: readonly string[];
  /** Removals that were not made, since no Recycle Bin rule covers them. */
  readonly withheld: number;
  readonly dueGiB: number;
  readonly deletedGiB: number;
  readonly deletedMonthlyCostUpTo: number;
  readonly sharedByOthers?: { readonly images: number; readonly unused: number; readonly cancelled: number };
  readonly usageReportsAskedFor: number;
  /** Something was due there, and the run had no time for any of it. */
  readonly outOfTime?: boolean;
  /** What went wrong, a sentence each. */
  readonly troubles: readonly string[];
}

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
  const sum = (of: (target: TargetSummary) => number) => places.reduce((total, target) => total + of(target), 0);
  const ended = targets.flatMap(({ result }) => (result?.stage === 'ended' ? [result.totals] : []));
  const sumOf = (of: (one: TargetTotals) => number) => ended.reduce((total, one) => total + of(one), 0);
  const count = (status: TargetSummary['status']) => sum((target) => (target.status === status ? 1 : 0));
  return {
    schemaVersion: 1,
    ...run,
    /** False where any target could not be read, or not completely, or has no report. */
    complete: places.every(({ status, complete }) => status === 'skipped' || (status === 'ended' && complete === true)),
    totals: {
      accounts: new Set(places.map(({ accountId }) => accountId)).size,
      places: {
        ended: count('ended'),
        unread: count('unread'),
        skipped: count('skipped'),
        'not-ended': count('not-ended'),
      },
      images: sum(({ images }) => images),
      dueImages: sum(({ dueImages }) => dueImages),
      deferred: sum(({ deferred }) => deferred),
      outcomes: {
        done: sum(({ done }) => done),
        skipped: sum(({ skipped }) => skipped),
        failed: sum(({ failed }) => failed),
      },
      decisions: {
        keep: sumOf(({ decisions }) => decisions.keep),
        deprecate: sumOf(({ decisions }) => decisions.deprecate),
        disable: sumOf(({ decisions }) => decisions.disable),
        deregister: sumOf(({ decisions }) => decisions.deregister),
        reinstate: sumOf(({ decisions }) => decisions.reinstate),
      },
      actions: sumOf(({ passes }) => Object.values(passes).reduce((total, { actions }) => total + actions, 0)),
      imagesWithoutOwner: sumOf((one) => one.imagesWithoutOwner),
      unreadableSources: sumOf((one) => one.unreadableSources),
      storageGiB: hundredths(sumOf(({ storage }) => storage.storageGiB)),
      monthlyCostUpTo: hundredths(sumOf(({ storage }) => storage.monthlyCostUpTo)),
      dueMonthlyCostUpTo: hundredths(sumOf(({ dueStorage }) => dueStorage.monthlyCostUpTo)),
      dueGiB: hundredths(sum(({ dueGiB }) => dueGiB)),
      deletedGiB: hundredths(sum(({ deletedGiB }) => deletedGiB)),
      deletedMonthlyCostUpTo: hundredths(sum(({ deletedMonthlyCostUpTo }) => deletedMonthlyCostUpTo)),
      launchPermissionsCancelled: sum(({ sharedByOthers }) => sharedByOthers?.cancelled ?? 0),
      usageReportsAskedFor: sum(({ usageReportsAskedFor }) => usageReportsAskedFor),
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

const NOTHING = {
  images: 0,
  dueImages: 0,
  done: 0,
  skipped: 0,
  failed: 0,
  deferred: 0,
  stoppedPasses: [],
  withheld: 0,
  dueGiB: 0,
  deletedGiB: 0,
  deletedMonthlyCostUpTo: 0,
  usageReportsAskedFor: 0,
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
    deferred: passes.reduce((sum, [, { deferred }]) => sum + deferred, 0),
    stoppedPasses: [
      ...passes.flatMap(([pass, { stopped }]) => (stopped ? [pass] : [])),
      ...(notes.shared?.stopped === true ? ['shared-with-account'] : []),
    ],
    withheld: passes.reduce((sum, [, { withheld }]) => sum + withheld, 0),
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
