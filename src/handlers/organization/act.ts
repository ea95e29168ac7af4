import * as z from 'zod';
import { actOnTarget } from '../../organization/act/act-on-target.ts';
import { requireMayEnforce } from '../event.ts';
import { requireRunClock, targetInput, targetState } from './state.ts';

/** Decides over one account in one Region and, where the run enforces, acts: one iteration. */
export const handler = targetState(targetInput.extend({ joined: z.string() }), async (context, { joined }) => {
  requireMayEnforce(context.run.mode, context.environment);
  await requireRunClock(context);
  return actOnTarget({ ...context, joined });
});
