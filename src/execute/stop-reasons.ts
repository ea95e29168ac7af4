import type { ExecuteRequest } from './enforcement.ts';
import type { RunLock } from './lock.ts';

const MINUTE = 60_000;
/** A plan that was made longer ago is not begun. */
const PLAN_VALID_MINUTES = 15;
/** The lock is held for twenty minutes: it is renewed after a quarter of that, however long a chunk takes. */
const RENEW_LOCK_MILLISECONDS = 5 * MINUTE;

/** Tells why nothing more may be done, and keeps the lock while something may. */
export class StopReasons {
  readonly #request: ExecuteRequest;
  readonly #lock: RunLock;
  #renewedAt: number;
  /** For good: the plan is too old, or the lock is lost. */
  #lost: string | undefined;

  constructor(request: ExecuteRequest, lock: RunLock) {
    this.#request = request;
    this.#lock = lock;
    const now = request.options.clock();
    this.#renewedAt = now.getTime();
    if (now.getTime() - request.plannedAt.getTime() > PLAN_VALID_MINUTES * MINUTE)
      this.#lost = `the plan is more than ${PLAN_VALID_MINUTES} minutes old; plan anew`;
  }

  /** @param neededMilliseconds what the next step takes at the least */
  reason(neededMilliseconds: number): string | undefined {
    const { clock, deadline, signal } = this.#request.options;
    if (this.#lost !== undefined) return this.#lost;
    if (signal?.aborted === true) return 'interrupted; the next run takes it up';
    if (deadline !== undefined && clock().getTime() + neededMilliseconds >= deadline.getTime())
      return 'out of time; the next run takes it up';
    return undefined;
  }

  /** Renews the lock; says why where it is lost. */
  async renewLock(): Promise<string | undefined> {
    this.#lost = await this.#lock.renew();
    this.#renewedAt = this.#request.options.clock().getTime();
    return this.#lost;
  }

  /** Renews the lock where that was not done for some minutes. */
  async keepLock(): Promise<string | undefined> {
    const age = this.#request.options.clock().getTime() - this.#renewedAt;
    return age < RENEW_LOCK_MILLISECONDS ? undefined : this.renewLock();
  }
}
