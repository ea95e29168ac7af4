import * as z from 'zod';
import { actOnTarget } from '../../organization/act/act-on-target.ts';
import { requireMayEnforce } from '../event.ts';
import { requireRunClock, targetInput, targetState } from './state.ts';

const input = targetInput.extend({
  joined: z.object({ iteration: z.int().positive(), sha256: z.string() }),
  isLast: z.boolean(),
});

/** Decides over one account in one Region and, where the run enforces, acts: one round. */
export const handler = targetState(input, async (context, { joined, isLast }) => {
  requireMayEnforce(context.run.mode, context.environment);
  await requireRunClock(context);
  return actOnTarget({ ...context, joined, isLast });
});
