import { actionRef } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { type Revalidation, whyNotCalled } from './revalidate.ts';

/** An action that was left alone. @param refused whether a look would not show why: AWS or its opinion said no */
export function skipped(action: Action, reason: string, refused = false): Outcome {
  return { ...actionRef(action), status: 'skipped', reason, ...(refused && { refused }) };
}

/** An action that could not be done. */
export function failed(action: Action, reason: string): Outcome {
  return { ...actionRef(action), status: 'failed', reason };
}

/** How an action ends whose image or snapshot a look does not find: for what removes, that is all that was wanted. */
export function gone(action: Action): Outcome {
  const removes = action.action === 'deregister' || action.action === 'delete-snapshot';
  return removes
    ? { ...actionRef(action), status: 'done', reason: 'it was already gone' }
    : skipped(action, 'it is gone');
}

/** How an action ends that a look does not call for any more. */
export function notCalled(revalidation: Revalidation, action: Action): Outcome {
  const reason = whyNotCalled(revalidation, action);
  return reason === 'it is gone' ? gone(action) : skipped(action, reason);
}
