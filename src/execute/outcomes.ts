import { actionRef } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';

/** An action that was left alone. @param refused whether a reading would not show why: AWS or its opinion said no */
export function skipped(action: Action, reason: string, refused = false): Outcome {
  return { ...actionRef(action), status: 'skipped', reason, ...(refused && { refused }) };
}

/** An action that could not be done. */
export function failed(action: Action, reason: string): Outcome {
  return { ...actionRef(action), status: 'failed', reason };
}

/** How an action ends whose image or snapshot is gone: for what removes, that is all that was asked for. */
export function gone(action: Action): Outcome {
  const removes = action.action === 'deregister' || action.action === 'delete-snapshot';
  return removes
    ? { ...actionRef(action), status: 'done', reason: 'it was already gone' }
    : skipped(action, 'it is gone');
}
