import { setImmediate } from 'node:timers/promises';
import { vi } from 'vitest';

/** So many turns of the event loop without a further call mean that everybody waits. */
const QUIET_TURNS = 6;

/** A clock on which calls that wait together pass together, and waiting takes no real time. */
export class VirtualTime {
  #now: number;
  #waiting: { readonly at: number; readonly go: () => void }[] = [];
  #arrived = 0;
  #isPumping = false;

  constructor(now: Date) {
    this.#now = now.getTime();
    vi.setSystemTime(this.#now);
  }

  get now(): number {
    return this.#now;
  }

  /** Functions that work side by side are run one after the other, each from its own beginning. */
  set(milliseconds: number): void {
    this.#now = milliseconds;
    vi.setSystemTime(milliseconds);
  }

  wait(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrived += 1;
    this.#waiting.push({ at: this.#now + milliseconds, go: resolve });
    if (!this.#isPumping) void this.#pump();
    return promise;
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#waiting.length > 0) {
      await this.#quiet();
      const next = Math.min(...this.#waiting.map(({ at }) => at));
      const ready = this.#waiting.filter(({ at }) => at <= next);
      this.#waiting = this.#waiting.filter(({ at }) => at > next);
      this.set(Math.max(this.#now, next));
      for (const { go } of ready) go();
    }
    this.#isPumping = false;
  }

  async #quiet(): Promise<void> {
    for (let turns = 0, seen = this.#arrived; turns < QUIET_TURNS; turns += 1) {
      await setImmediate();
      if (seen !== this.#arrived) turns = 0;
      seen = this.#arrived;
    }
  }
}
