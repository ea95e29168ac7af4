import { actOnTarget } from '../../organization/act/act-on-target.ts';
import { readRun } from '../../organization/run-record.ts';
import { RefusedError } from '../errors.ts';
import { requireClockOf } from './clock.ts';
import { placeInput, stateHandler } from './state.ts';

/** Decides over one account in one Region and, where the run enforces, acts: one round. */
export const handler = stateHandler(placeInput, async ({ run: asked, account, region }, context) => {
  const { environment, home, logger, clock, deadline, storeOf } = context;
  const store = storeOf(asked.runId);
  const run = await readRun(store);
  if (run.mode === 'enforce' && !environment.mayEnforce)
    throw new RefusedError(
      'This deployment only reports (JANITOR_ENFORCE is not "true"); deploy with enforce=true to act.',
    );
  if (run.mode === 'enforce') await requireClockOf(home, clock);
  const place = { accountId: account.accountId, region };
  return actOnTarget({ run, store, place, home, settings: environment.members, clock, deadline, logger });
});
