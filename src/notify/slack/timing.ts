import { setTimeout as sleepFor } from 'node:timers/promises';

/** How calls to Slack wait, and how long they may. */
export interface SlackTiming {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Of one call, until it counts as unanswered. */
  readonly timeoutMilliseconds: number;
  /** Whether so much time is left for telling owners; nothing is begun for whose answer there would be no time. */
  readonly isTimeLeft: (milliseconds: number) => boolean;
  /** The same for the last word, to the platform's people: a part of the time is theirs alone. */
  readonly isTimeLeftAtEnd?: (milliseconds: number) => boolean;
}

/** How a run waits for Slack, but for its deadline. */
const REAL = {
  sleep: (milliseconds: number) => sleepFor(milliseconds),
  timeoutMilliseconds: 10_000,
};

/** Of a run's last time, so much is left for what owners were told to be written down, and for the last word. */
const FOR_THE_END_MILLISECONDS = 90_000;
/** Of that, so much for everything after the last word. */
const AFTER_THE_END_MILLISECONDS = 20_000;

/**
 * How a run waits for Slack that must be over at some time.
 * @param end when the function is ended from outside
 */
export function timingUntil(end: Date, clock: () => Date): SlackTiming {
  const before = (reserve: number) => (milliseconds: number) =>
    clock().getTime() + milliseconds < end.getTime() - reserve;
  return {
    ...REAL,
    isTimeLeft: before(FOR_THE_END_MILLISECONDS),
    isTimeLeftAtEnd: before(AFTER_THE_END_MILLISECONDS),
  };
}
