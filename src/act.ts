import { Acting } from './acting.ts';
import { acquireLock } from './aws/lock.ts';
import type { ActRequest } from './enforcement.ts';
import type { Outcome } from './model/outcome.ts';

/**
 * Executes a plan's actions, pass by pass, and looks at the account anew before each batch. Every action ends in
 * an outcome, and none ends another; what is not done for lack of time or lock is skipped, and the next run's.
 * @throws LockedError where another run is at it; nothing was done then
 */
export async function act(request: ActRequest): Promise<Outcome[]> {
  const { runId, plan, enforcement } = request;
  if (plan.passes.every(({ actions }) => actions.length === 0)) return [];
  const { clients, clock, locked = true, onWarning } = enforcement;
  const lock = locked ? await acquireLock({ ssm: clients.ssm, runId, clock }) : undefined;
  try {
    const acting = new Acting(request, lock);
    for (const { pass, actions } of plan.passes) {
      for (let left = actions; left.length > 0; ) {
        const batch = left.slice(0, acting.actionsALook());
        await acting.batch(pass, batch);
        left = left.slice(batch.length);
      }
    }
    return acting.outcomes;
  } finally {
    const problem = await lock?.release();
    if (problem !== undefined) onWarning(problem);
  }
}
