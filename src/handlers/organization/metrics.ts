import type { OrganizationSummary } from '../../organization/summary/summary.ts';
import { figurePublisher } from '../metrics.ts';

/**
 * Writes an organization's figures into the log of its summary, all targets together: each name of each target would
 * cost. A run that is summed up twice writes them twice, so that the dashboard takes the greater.
 */
export function publishSummaryMetrics({ runId, mode, totals }: OrganizationSummary, milliseconds: number): void {
  const { places, decisions, outcomes } = totals;
  figurePublisher(runId)(
    { scope: 'organization' },
    {
      DurationMilliseconds: milliseconds,
      Accounts: totals.accounts,
      RunsWithoutReport: places.unread + places['not-ended'],
      UnreadableSources: totals.unreadableSources,
      ActionsPlanned: totals.actions,
      ActionsDeferred: totals.deferred,
      ...(mode === 'enforce' && {
        ActionsDone: outcomes.done,
        ActionsSkipped: outcomes.skipped,
        ActionsFailed: outcomes.failed,
      }),
      Images: totals.images,
      ImagesKept: decisions.keep,
      ImagesToReinstate: decisions.reinstate,
      ImagesToDeprecate: decisions.deprecate,
      ImagesToDisable: decisions.disable,
      ImagesToDeregister: decisions.deregister,
      DueImages: totals.dueImages,
      ImagesWithoutOwner: totals.imagesWithoutOwner,
      StorageGiB: totals.storageGiB,
      DueStorageGiB: totals.dueGiB,
      MonthlyCostUpTo: totals.monthlyCostUpTo,
      DueMonthlyCostUpTo: totals.dueMonthlyCostUpTo,
    },
  );
}
