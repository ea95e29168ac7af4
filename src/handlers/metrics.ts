import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { areAllPasses } from '../model/plan.ts';
import type { Mode } from '../model/run.ts';
import type { Report } from '../report/report.ts';
import type { Totals } from '../report/shape.ts';

/** What a run measures of itself, each Region for itself. */
export type RunMetrics = ReturnType<typeof runMetrics>;

type Figures = Readonly<Record<string, number>>;

/** Writes figures into the log, where CloudWatch takes metrics from. deploy/dashboard.yml shows them. */
export function figurePublisher(runId: string) {
  const metrics = new Metrics();
  return (dimensions: Record<string, string>, figures: Figures) => {
    metrics.addDimensions(dimensions);
    metrics.addMetadata('runId', runId);
    for (const [name, figure] of Object.entries(figures)) metrics.addMetric(name, unitOf(name), figure);
    metrics.publishStoredMetrics();
  };
}

/**
 * Writes each run's figures. Each name of each function and Region costs, so that the account's own figures come from
 * runs of all passes only.
 */
export function runMetrics(functionName: string, runId: string) {
  const publish = figurePublisher(runId);
  return {
    ended: (report: Report, milliseconds: number, throttles: number) => {
      const { region } = report.target;
      const run = { RunsWithoutReport: 0, DurationMilliseconds: milliseconds, ThrottledRequests: throttles };
      publish({ function: functionName, region }, { ...run, ...actionFigures(report) });
      if (areAllPasses(report.passes)) publish({ region }, accountFigures(report));
    },
    endedWithoutReport: (region: string) => publish({ function: functionName, region }, { RunsWithoutReport: 1 }),
  };
}

/** What this run could not read, would do or did; the function tells the pass. */
function actionFigures({ mode, totals, passes }: Report): Figures {
  return {
    UnreadableSources: totals.unreadableSources,
    ActionsPlanned: passes.reduce((sum, { actions }) => sum + actions.length, 0),
    ActionsDeferred: passes.reduce((sum, { deferred }) => sum + deferred.length, 0),
    ...outcomeFigures(mode, totals),
  };
}

/** How the actions of a run that enforces ended; a dry run has none. */
export function outcomeFigures(mode: Mode, { outcomes: { done, skipped, failed } }: Pick<Totals, 'outcomes'>): Figures {
  return mode === 'enforce' ? { ActionsDone: done, ActionsSkipped: skipped, ActionsFailed: failed } : {};
}

/** What is decided over the images. */
export function imageFigures({
  images,
  decisions,
  dueImages,
  imagesWithoutOwner,
}: Pick<Totals, 'images' | 'decisions' | 'dueImages' | 'imagesWithoutOwner'>): Figures {
  return {
    Images: images,
    ImagesKept: decisions.keep,
    ImagesToReinstate: decisions.reinstate,
    ImagesToDeprecate: decisions.deprecate,
    ImagesToDisable: decisions.disable,
    ImagesToArchive: decisions.archive,
    ImagesToDeregister: decisions.deregister,
    DueImages: dueImages,
    ImagesWithoutOwner: imagesWithoutOwner,
  };
}

function accountFigures({ totals }: Report): Figures {
  const { storage, dueStorage } = totals;
  return {
    ...imageFigures(totals),
    StorageGiB: storage.storageGiB,
    DueStorageGiB: dueStorage.storageGiB,
    MonthlyCostUpTo: storage.monthlyCostUpTo,
    DueMonthlyCostUpTo: dueStorage.monthlyCostUpTo,
  };
}

function unitOf(name: string): (typeof MetricUnit)[keyof typeof MetricUnit] {
  if (name.endsWith('Milliseconds')) return MetricUnit.Milliseconds;
  return name.endsWith('GiB') || name.endsWith('UpTo') ? MetricUnit.NoUnit : MetricUnit.Count;
}
