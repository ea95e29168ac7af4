import type { Decision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import type { Reason } from '../model/reasons.ts';
import { USAGE_REPORT_VALID } from '../policy/decision/cross-account-usage.ts';
import { oldestFirst } from './mappings.ts';

/**
 * The images for which AWS should be asked for a usage report, oldest first: nothing else keeps them, and a report that
 * is made now would count. One that is being made already is waited for.
 */
export function usageReportsToAskFor(decisions: readonly Decision[], at: Date): ImageId[] {
  return decisions
    .filter(({ reasons }) => reasons.every((reason) => isSettledByReport(reason, at)))
    .map(({ image }) => image)
    .sort(oldestFirst)
    .map(({ imageId }) => imageId);
}

/** Whether a report that is made now would say whether the reason still holds. */
function isSettledByReport(reason: Reason, at: Date): boolean {
  switch (reason.code) {
    case 'usage-unknown':
      return reason.status === 'none';
    case 'usage-report-too-early':
      return reason.countsFrom <= at;
    case 'used-elsewhere':
      return reason.reportedAt.getTime() + USAGE_REPORT_VALID <= at.getTime();
    default:
      return false;
  }
}
