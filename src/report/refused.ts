import { type ActionRef, actionKey, actionRef } from '../model/plan.ts';
import { count, counted, day } from '../text/format.ts';
import type { Report } from './shape.ts';

/** What AWS, or its second opinion, said no to: before this run, in it, or both. */
export interface RefusedRow extends ActionRef {
  readonly reason: string;
  /** So many runs tried it, this one included where it did; 0 where nothing is remembered of earlier ones. */
  readonly times: number;
  readonly firstAt?: string;
  /** Absent where this run tried it. */
  readonly nextTryAt?: string;
}

/** From so many refusals on, it does not pass by itself. */
const STAYS = 3;

/** Everything that is due and refused, most often refused first. */
export function refusedRows({ passes, outcomes }: Pick<Report, 'passes' | 'outcomes'>): RefusedRow[] {
  const ended = new Map(outcomes.map((one) => [actionKey(one), one]));
  const before = passes.flatMap(({ refused = [] }) => refused);
  const known = new Map(before.map((one) => [actionKey(one.action), one]));
  const now = outcomes.flatMap((outcome): RefusedRow[] => {
    if (outcome.status === 'done' || outcome.refused !== true) return [];
    const { action, resourceId } = outcome;
    const earlier = known.get(actionKey(outcome));
    const times = (earlier?.times ?? 0) + 1;
    return [{ action, resourceId, reason: outcome.reason, times, ...(earlier && { firstAt: earlier.firstAt }) }];
  });
  const left = before.flatMap((one): RefusedRow[] => {
    const { reason, times, firstAt, nextTryAt } = one;
    return ended.has(actionKey(one.action)) ? [] : [{ ...actionRef(one.action), reason, times, firstAt, nextTryAt }];
  });
  return [...now, ...left].sort((a, b) => b.times - a.times);
}

/** One refusal in words. */
export function refusedSentence({ action, resourceId, reason, times, firstAt, nextTryAt }: RefusedRow): string {
  const since = firstAt === undefined ? '' : ` since ${day(firstAt)}`;
  const tried = times <= 1 ? 'refused once' : `refused ${count(times)} times${since}`;
  const next = nextTryAt === undefined ? '' : `; next try ${day(nextTryAt)}`;
  return `${actionKey({ action, resourceId })}: ${tried}${next}: ${reason}`;
}

/**
 * Why an enforcing run that did all it could must fail nevertheless: what is refused for the third time stays, and a
 * run of which all was refused did nothing.
 */
export function refusalProblems(report: Pick<Report, 'mode' | 'passes' | 'outcomes'>): string[] {
  if (report.mode !== 'enforce') return [];
  const rows = refusedRows(report);
  const staying = rows.filter(({ times }) => times >= STAYS);
  const [first] = staying;
  if (first !== undefined) {
    const what = counted(staying.length, 'action');
    return [`${what} refused ${STAYS} times or more, the first: ${refusedSentence(first)}`];
  }
  const [one] = rows;
  if (one === undefined || report.outcomes.some(({ status }) => status === 'done')) return [];
  return [`all that was due was refused (${counted(rows.length, 'action')}), the first: ${refusedSentence(one)}`];
}
