import type { DeliveryTiming } from '../../src/notify/delivery.ts';

/** In which a call without an answer is given up in a test; it stands for the ten seconds of a run. */
const REAL_MILLISECONDS = 400;
const UNANSWERED_MILLISECONDS = 10_000;
/** As a run keeps it for everything after its last word: calls that are begun at once can each go on for a wait longer. */
const AFTER_THE_END_MILLISECONDS = 20_000;

/** A clock that goes on by what is waited for. What is waited for at once passes at once. */
export class VirtualTime {
  milliseconds: number;
  #silence: { readonly startedAt: number; readonly until: number } | undefined;
  /** When it was last said that there is time for a call; undefined where nobody asks. */
  #allowedAt: number | undefined;

  constructor(start: Date) {
    this.milliseconds = start.getTime();
  }

  readonly now = (): Date => new Date(this.milliseconds);

  /** A wait of so long. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.milliseconds + milliseconds;
    await new Promise((resolve) => setTimeout(resolve));
    this.milliseconds = Math.max(this.milliseconds, until);
  }

  /**
   * A call that gets no answer; for `SlackServer.onSilence`. Calls that come in while the first is still waited for began
   * at once, however late a busy machine brings them, and end at once; none began later than the last that was allowed.
   */
  readonly silence = (): void => {
    const startedAt = performance.now();
    if (this.#silence === undefined || startedAt - this.#silence.startedAt >= REAL_MILLISECONDS)
      this.#silence = { startedAt, until: (this.#allowedAt ?? this.milliseconds) + UNANSWERED_MILLISECONDS };
    const { until } = this.#silence;
    setTimeout(() => {
      this.milliseconds = Math.max(this.milliseconds, until);
    }, REAL_MILLISECONDS / 2);
  };

  /** How a run waits whose telling must be over at some time. */
  timing(end: Date, reserveMilliseconds = 0): DeliveryTiming {
    const unanswered = UNANSWERED_MILLISECONDS - REAL_MILLISECONDS;
    const before = (reserve: number) => (milliseconds: number) => {
      const isLeft = this.milliseconds + milliseconds + unanswered < end.getTime() - reserve;
      if (isLeft) this.#allowedAt = this.milliseconds;
      return isLeft;
    };
    return {
      sleep: (milliseconds) => this.pass(milliseconds),
      timeoutMilliseconds: REAL_MILLISECONDS,
      isTimeLeft: before(Math.max(reserveMilliseconds, AFTER_THE_END_MILLISECONDS)),
      isTimeLeftAtEnd: before(AFTER_THE_END_MILLISECONDS),
    };
  }
}
