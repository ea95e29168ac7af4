import { joinTargets } from '../../organization/join/join-targets.ts';
import { runInput, stateHandler } from './state.ts';

/** Brings together what all targets use with who owns it. */
export const handler = stateHandler(runInput, async ({ run }, { environment, logger, clock, storeOf }) => {
  const answer = await joinTargets(storeOf(run.runId), run, environment.toleratedPercent, clock());
  logger.info('targets joined', { ...answer });
  return answer;
});
