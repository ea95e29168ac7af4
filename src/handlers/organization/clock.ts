import type { Clients } from '../../aws/clients.ts';
import { readTimedTarget } from '../../inventory/identity.ts';
import { requireClock } from '../../model/clock.ts';
import { refusedByClock } from '../errors.ts';

/** @throws RefusedError where the clock is apart from AWS's, so that nothing may be enforced by it */
export async function requireClockOf(home: Clients, clock: () => Date): Promise<void> {
  const reading = (await readTimedTarget(home, clock)).clock;
  try {
    requireClock(reading);
  } catch (error) {
    throw refusedByClock(error);
  }
}
