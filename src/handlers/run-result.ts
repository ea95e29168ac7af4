import type { Logger } from '@aws-lambda-powertools/logger';
import { actionKey } from '../model/action-ref.ts';
import type { Published } from '../publish/bucket.ts';
import { incompleteSentences } from '../report/incomplete.ts';
import { refusalProblems } from '../report/notifications.ts';
import type { Report } from '../report/report.ts';
import { isHeldUp } from '../report/withheld.ts';

/** How the run of one Region ended: with a report, which may not have reached the bucket, or without one. */
export type RegionRun =
  | {
      readonly region: string;
      readonly report: Report;
      readonly location?: string;
      /** What could not be written. */
      readonly problems: readonly string[];
    }
  | { readonly region: string; readonly error: string };

/** The passes that `limits.stopAbove` stopped, or that removed less than is due since it could not be undone, anywhere. */
export function stoppedPasses(runs: readonly RegionRun[]): string[] {
  return runs.flatMap((run) =>
    'report' in run
      ? run.report.passes.filter((pass) => isHeldUp(run.report, pass)).map(({ pass }) => `${pass} in ${run.region}`)
      : [],
  );
}

/** Why the invocation must fail, one sentence a Region; empty where all went well. */
export function failures(runs: readonly RegionRun[]): string[] {
  return runs.flatMap((run) => {
    if (!('report' in run)) return [`${run.region}: ${run.error}`];
    const failed = run.report.outcomes.filter(({ status }) => status === 'failed');
    const unread = incompleteSentences(run.report.sources);
    const inAll = `${failed.length} of ${run.report.outcomes.length} actions failed`;
    const parts = [
      ...failed.slice(0, 1).map((first) => `${inAll}, the first: ${actionKey(first)}: ${first.reason}`),
      ...refusalProblems(run.report),
      ...unread,
      ...run.problems,
      ...(run.report.complete || unread.length > 0 ? [] : ['the account could not be read completely']),
    ];
    return parts.length === 0
      ? []
      : [`${run.region}: ${parts.join('; ')} (report: ${run.location ?? 'in the log only'})`];
  });
}

/** What the bucket did not take stands in the log instead: what was done, and what would be. */
export function logUnwritten({ report, location, problems, unwrittenAudit }: Published, logger: Logger): void {
  const { region } = report.target;
  for (const problem of problems) logger.error('not written', { region, problem });
  for (const record of unwrittenAudit) logger.error('audit record', { region, record });
  if (location !== undefined) return;
  const { totals, passes, sources, outcomes } = report;
  logger.error('report not written', { region, totals, sources });
  for (const { pass, actions } of passes) {
    for (const action of actions) logger.error('action of the unwritten report', { region, pass, action });
  }
  for (const outcome of outcomes) logger.error('outcome of the unwritten report', { region, outcome });
}
