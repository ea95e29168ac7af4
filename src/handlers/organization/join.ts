import * as z from 'zod';
import { joinTargets } from '../../organization/join/join-targets.ts';
import { runInput, stateHandler } from './state.ts';

const input = runInput.extend({ iteration: z.int().positive() });

/** Brings together what all targets use with who owns it, as one iteration read it. */
export const handler = stateHandler(input, async ({ run, iteration }, { environment, logger, clock, storeOf }) => {
  const answer = await joinTargets(storeOf(run.runId), run, environment.toleratedPercent, clock(), iteration);
  logger.info('targets joined', { ...answer });
  return answer;
});
