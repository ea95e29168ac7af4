import { readTarget } from '../../inventory/identity.ts';
import { readRun } from '../../organization/run-record.ts';
import { notifyAllOwners, type OwnersNotified } from '../../organization/summary/notify-owners.ts';
import { summaryAddress } from '../../organization/summary/summary-address.ts';
import { RefusedError } from '../errors.ts';
import { requireClockOf } from './clock.ts';
import { deliveryOf } from './delivery.ts';
import { runInput, stateHandler } from './state.ts';

type NotifyAnswer = Omit<OwnersNotified, 'problems'> & { readonly problems: number };

/** Tells owners of all targets at once what is to come and what was done. */
export const handler = stateHandler(runInput, async ({ run: asked }, context): Promise<NotifyAnswer> => {
  const { environment, home, logger, clock, storeOf } = context;
  const store = storeOf(asked.runId);
  const run = await readRun(store);
  if (run.mode === 'enforce' && !environment.mayEnforce)
    throw new RefusedError('This deployment only reports (JANITOR_ENFORCE is not "true"); owners are not told.');
  const delivery = await deliveryOf(run, context);
  if (delivery === undefined) return { announced: 0, untold: 0, messages: 0, news: 0, problems: 0 };
  if (run.mode === 'enforce') await requireClockOf(home, clock);
  const { accountId: ownAccountId } = await readTarget(home);
  const { members: settings } = environment;
  const reportUrl = summaryAddress(environment);
  const told = await notifyAllOwners({ run, store, home, settings, delivery, ownAccountId, clock, reportUrl });
  for (const problem of told.problems) logger.error('not told', { problem });
  return { ...told, problems: told.problems.length };
});
