import { readRegionTarget } from '../../organization/read/read-target.ts';
import { readRun } from '../../organization/run-record.ts';
import { placeInput, stateHandler } from './state.ts';

/** Reads one account in one Region: what it owns, and what it uses of others. */
export const handler = stateHandler(placeInput, async ({ run, account, region }, context) => {
  const { environment, home, logger, clock, storeOf } = context;
  const store = storeOf(run.runId);
  const place = { accountId: account.accountId, region };
  return readRegionTarget({
    run: await readRun(store),
    store,
    place,
    home,
    settings: environment.members,
    clock,
    logger,
  });
});
