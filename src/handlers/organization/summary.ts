import { readTarget } from '../../inventory/identity.ts';
import { publishSummary } from '../../organization/summary/publish-summary.ts';
import type { OrganizationSummary } from '../../organization/summary/summary.ts';
import { firstOf, type JanitorEvent } from '../../report/events.ts';
import { deliveryOf, summaryAddress } from './delivery.ts';
import { publishSummaryMetrics } from './metrics.ts';
import { runState } from './state.ts';

interface SummaryAnswer {
  readonly runId: string;
  readonly complete: boolean;
  readonly totals: OrganizationSummary['totals'];
  readonly troubles: number;
  /** Targets in which something was due, and the run had no time for any of it: the run fails. */
  readonly outOfTime: number;
  /** `s3://BUCKET/organization/RUN_ID/summary.html` */
  readonly summary: string;
}

/** Adds up the run over all targets, and notifies the platform's people once. */
export const handler = runState(async (context): Promise<SummaryAnswer> => {
  const { run, store, environment, home, logger, clock, sendEvents } = context;
  // Whom nobody could notify is said in the summary; that it is written must not depend on a secret.
  const delivery = await deliveryOf(context).catch((error: unknown) => {
    logger.error('nobody can be told', { error: String(error) });
    return undefined;
  });
  const { accountId: ownAccountId } = await readTarget(home);
  const reportUrl = summaryAddress(environment);
  const { summary, problems } = await publishSummary({
    run,
    store,
    s3: home.s3,
    delivery,
    ownAccountId,
    reportUrl,
    clock,
  });
  // What-if questions leave no trace.
  if (run.isLatest) publishSummaryMetrics(summary, clock().getTime() - run.startedAt.getTime());
  for (const problem of problems) logger.error('not written or told', { problem });
  const { complete, totals, troubles, places } = summary;
  const stopped = places.flatMap(({ accountId, region, stoppedPasses, withheld }) => [
    ...stoppedPasses.map((pass) => `${pass} in ${accountId} ${region}`),
    ...(run.mode === 'enforce' && withheld > 0 ? [`withheld removals in ${accountId} ${region}`] : []),
  ]);
  // The alarm on stopped runs rests on `stoppedByLimit`; see deploy/alarms.yml.
  logger.info('run ended', { mode: run.mode, totals, stoppedByLimit: stopped.length > 0, stopped, failed: troubles });
  const address = `s3://${store.bucket}/${store.keyOf('summary.html')}`;
  if (run.isLatest) await sendEvents([endOfOrganizationRun(summary, address)]);
  const outOfTime = places.filter((place) => place.outOfTime === true).length;
  return { runId: run.runId, complete, totals, troubles: troubles.length, outOfTime, summary: address };
});

function endOfOrganizationRun(summary: OrganizationSummary, address: string): JanitorEvent {
  const { runId, mode, complete, totals, troubles } = summary;
  const { accounts, images, dueImages, outcomes } = totals;
  const detail = { schemaVersion: 1 as const, runId, mode, complete, accounts, images, dueImages, ...outcomes };
  return { type: 'Organization Run Ended', detail: { ...detail, problems: firstOf(troubles), summary: address } };
}
