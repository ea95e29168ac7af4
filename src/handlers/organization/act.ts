import { actOnTarget } from '../../organization/act/act-on-target.ts';
import { requireMayEnforce } from '../event.ts';
import { requireRunClock, targetState } from './state.ts';

/** Decides over one account in one Region and, where the run enforces, acts: one iteration. */
export const handler = targetState(async (context) => {
  requireMayEnforce(context.run.mode, context.environment);
  await requireRunClock(context);
  return actOnTarget(context);
});
