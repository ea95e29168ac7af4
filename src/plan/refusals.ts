import type { Account } from '../model/account.ts';
import type { Refusal } from '../model/journal.ts';
import type { Action, RefusedAction } from '../model/plan.ts';
import { DAY } from '../text/days.ts';

/** What is refused again and again is tried once a month. */
const MOST_DAYS = 30;
/** Daily runs don't begin at the same second each day. */
const TOLERANCE_MILLISECONDS = 2 * 3_600_000;

/** When an action that was refused is tried again: a day after the first refusal, then two, four, … days. */
function nextTryAt({ lastAt, times }: Pick<Refusal, 'lastAt' | 'times'>): Date {
  const days = Math.min(MOST_DAYS, 2 ** Math.max(0, times - 1));
  return new Date(lastAt.getTime() + days * DAY);
}

/** That AWS refused an action before, as it is remembered; nothing where it never did, or nobody remembers. */
export function refusalOf({ journal }: Account, action: Action): RefusedAction | undefined {
  if (journal.status !== 'read') return undefined;
  const record = 'snapshotId' in action ? journal.snapshots.get(action.snapshotId) : journal.images.get(action.imageId);
  const refused = record?.refused;
  if (refused === undefined || refused.action !== action.action) return undefined;
  const { reason, firstAt, times } = refused;
  return { action, reason, firstAt, times, nextTryAt: nextTryAt(refused) };
}

/** True where an action is left alone at a time, since its next try has not come. */
export function isPostponed(refused: RefusedAction | undefined, at: Date): boolean {
  return refused !== undefined && refused.nextTryAt.getTime() - TOLERANCE_MILLISECONDS > at.getTime();
}
