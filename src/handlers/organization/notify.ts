import { readTarget } from '../../inventory/identity.ts';
import { notifyAllOwners } from '../../organization/summary/notify-owners.ts';
import { requireMayEnforce } from '../event.ts';
import { withEvents } from '../events.ts';
import { deliveryOf, summaryAddress } from './delivery.ts';
import { requireRunClock, runState } from './state.ts';

/** Notifies owners of all targets at once of what is to come and what was done. */
export const handler = runState(async (context) => {
  const { run, environment, home, logger } = context;
  requireMayEnforce(run.mode, environment, 'owners are not told');
  const delivery = await deliveryOf(context);
  if (delivery === undefined) return { announced: 0, untold: 0, messages: 0, news: 0, problems: 0 };
  await requireRunClock(context);
  const { accountId: ownAccountId } = await readTarget(home);
  const reportUrl = summaryAddress(environment);
  const answer = await notifyAllOwners({
    ...context,
    delivery: withEvents(delivery, run, context.sendEvents),
    ownAccountId,
    reportUrl,
  });
  for (const problem of answer.problems) logger.error('not told', { problem });
  return { ...answer, problems: answer.problems.length };
});
