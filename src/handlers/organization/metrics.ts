import type { OrganizationSummary } from '../../organization/summary/summary.ts';
import { figurePublisher, imageFigures, outcomeFigures } from '../metrics.ts';

/**
 * Writes an organization's figures into the log of its summary, all targets together: each name of each target would
 * cost. A run that is summed up twice writes them twice, so that the dashboard takes the greater.
 */
export function publishSummaryMetrics({ runId, mode, totals }: OrganizationSummary, milliseconds: number): void {
  const { places } = totals;
  figurePublisher(runId)(
    { scope: 'organization' },
    {
      DurationMilliseconds: milliseconds,
      Accounts: totals.accounts,
      RunsWithoutReport: places.unread + places['not-ended'],
      UnreadableSources: totals.unreadableSources,
      ActionsPlanned: totals.actions,
      ActionsDeferred: totals.deferred,
      ...outcomeFigures(mode, totals),
      ...imageFigures(totals),
      StorageGiB: totals.storageGiB,
      DueStorageGiB: totals.dueGiB,
      MonthlyCostUpTo: totals.monthlyCostUpTo,
      DueMonthlyCostUpTo: totals.dueMonthlyCostUpTo,
    },
  );
}
