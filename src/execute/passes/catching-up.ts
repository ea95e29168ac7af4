import { setTimeout as sleepFor } from 'node:timers/promises';
import type { PassContext } from './pass.ts';

/** How long EC2 is given to catch up with what it just did, in steps: fifteen seconds together. */
const WAITS_MILLISECONDS = [1_000, 2_000, 4_000, 8_000] as const;

/** What waiting takes. */
export type Waiting = Pick<PassContext, 'clock' | 'sleep' | 'deadline'>;

/**
 * Tries something until it is as it should be, with growing waits between, as far as the run's time allows.
 * @param isReady whether what it gave is what was waited for
 */
export async function untilReady<Value>(
  waiting: Waiting,
  attempt: () => Promise<Value>,
  isReady: (value: Value) => boolean,
): Promise<Value> {
  let value = await attempt();
  for (const wait of WAITS_MILLISECONDS) {
    if (isReady(value) || !(await hasWaited(waiting, wait))) return value;
    value = await attempt();
  }
  return value;
}

async function hasWaited({ clock, sleep = sleepFor, deadline }: Waiting, milliseconds: number): Promise<boolean> {
  if (deadline !== undefined && clock().getTime() + milliseconds >= deadline.getTime()) return false;
  await sleep(milliseconds);
  return true;
}
