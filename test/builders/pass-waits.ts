import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { vi } from 'vitest';

const wait = timers.setTimeout;

/**
 * Waits of a second and more pass at once: for Slack, for a Recycle Bin that shows late what it took. Shorter ones stay:
 * the pace of calls to AWS goes by real time. Ends with the spies of a test or of its file.
 * @param onPassed gets when such a wait ends by the clock that is set
 */
export function passWaits(onPassed: (until: number) => void = () => {}): void {
  vi.spyOn(timers, 'setTimeout').mockImplementation(async (milliseconds = 0, value) => {
    if (milliseconds < 1000) return wait(milliseconds, value);
    const until = Date.now() + milliseconds;
    await wait(0);
    onPassed(until);
    return value;
  });
  syncBuiltinESMExports();
}

/** AWS's clients wait a random part of their time before they try again: none of it. Ends as `passWaits` does. */
export function retryAtOnce(): void {
  vi.spyOn(Math, 'random').mockReturnValue(0);
}
