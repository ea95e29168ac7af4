import { areAllPasses } from '../model/plan.ts';
import type { Report } from '../report/report.ts';

/** Where a run's own files lie: `reports/ACCOUNT/REGION/YYYY/MM/DD/RUN_ID/`. */
export function reportPrefix(report: Report): string {
  return `reports/${datedPrefix(report)}${report.runId}/`;
}

/** Where a run's audit records lie: `audit/ACCOUNT/REGION/YYYY/MM/DD/RUN_ID.jsonl`. */
export function auditKey(report: Report): string {
  return `audit/${datedPrefix(report)}${report.runId}.jsonl`;
}

/**
 * Where the newest report lies: `latest/ACCOUNT/REGION/`, and below it in a folder of its own for runs of a single
 * pass, so that each is compared with its like.
 */
export function latestPrefix({ target, passes }: Pick<Report, 'target' | 'passes'>): string {
  const own = areAllPasses(passes) ? '' : `${passes.map(({ pass }) => pass).join('+') || 'none'}/`;
  return `latest/${target.accountId}/${target.region}/${own}`;
}

function datedPrefix({ target, observedAt }: Report): string {
  const [year, month, day] = observedAt.slice(0, 'YYYY-MM-DD'.length).split('-');
  return `${target.accountId}/${target.region}/${year}/${month}/${day}/`;
}
