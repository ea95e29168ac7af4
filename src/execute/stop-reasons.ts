import type { ExecuteRequest } from './enforcement.ts';
import type { RunLock } from './lock.ts';

/** A plan that was made longer ago is not begun. */
const PLAN_VALID_MINUTES = 15;

/** Tells why nothing more may be done, and keeps the lock while something may. */
export class StopReasons {
  readonly #request: ExecuteRequest;
  readonly #lock: RunLock;
  readonly #isTooOld: boolean;

  constructor(request: ExecuteRequest, lock: RunLock) {
    this.#request = request;
    this.#lock = lock;
    const { plannedAt, options } = request;
    this.#isTooOld = options.clock().getTime() - plannedAt.getTime() > PLAN_VALID_MINUTES * 60_000;
  }

  /** @param neededMilliseconds what the next step takes at the least */
  reason(neededMilliseconds: number): string | undefined {
    const { clock, deadline, signal } = this.#request.options;
    if (this.#isTooOld) return `the plan is more than ${PLAN_VALID_MINUTES} minutes old; plan anew`;
    if (this.#lock.lost !== undefined) return this.#lock.lost;
    if (signal?.aborted === true) return 'interrupted; the next run takes it up';
    if (deadline !== undefined && clock().getTime() + neededMilliseconds >= deadline.getTime())
      return 'out of time; the next run takes it up';
    return undefined;
  }

  /** Renews the lock; says why where it is lost. */
  renewLock(): Promise<string | undefined> {
    return this.#lock.renew();
  }

  /** Renews the lock where that was not done for some minutes. */
  keepLock(): Promise<string | undefined> {
    return this.#lock.keep();
  }
}
