import { setTimeout as sleepFor } from 'node:timers/promises';

/** How calls to Slack wait, and how long they may. */
export interface SlackTiming {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Of one call, until it counts as unanswered. */
  readonly timeoutMilliseconds: number;
  /** When to stop trying, so that there is time left to write down what was told. */
  readonly isTimeLeft: (milliseconds: number) => boolean;
}

/** How a run waits for Slack. */
export const REAL_TIMING: SlackTiming = {
  sleep: (milliseconds) => sleepFor(milliseconds),
  timeoutMilliseconds: 10_000,
  isTimeLeft: () => true,
};
