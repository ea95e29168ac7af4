import { ServiceError } from '../error.ts';
import type { Context } from '../operation.ts';
import type { StoredUsageReport } from '../usage-report-state.ts';

const DAY_MILLISECONDS = 86_400_000;
const KEPT_DAYS = 30;
const MOST_IDS = 200;

/** Being made still. */
export function isPending({ createdAt }: StoredUsageReport, { state, now }: Context): boolean {
  return now.getTime() - createdAt.getTime() < state.settings.usageReports.pendingSeconds * 1000;
}

/** A report goes by itself after 30 days. */
export function keptReports({ state, now }: Context): StoredUsageReport[] {
  return [...state.imageUsageReports.values()].filter((report) => expiryOf(report) > now);
}

/** When a report goes. */
export function expiryOf({ createdAt }: StoredUsageReport): Date {
  return new Date(createdAt.getTime() + KEPT_DAYS * DAY_MILLISECONDS);
}

/** As many ids as one call takes. */
export function atMostIds(ids: readonly string[] | undefined, name: string): readonly string[] {
  if ((ids?.length ?? 0) > MOST_IDS)
    throw new ServiceError('InvalidParameterValue', `At most ${MOST_IDS} ${name} can be specified.`);
  return ids ?? [];
}
