import type { DeliveryTiming } from '../../src/notify/delivery.ts';

/** In which a call without an answer is given up in a test; it stands for the ten seconds of a run. */
const REAL_MILLISECONDS = 400;
const UNANSWERED_MILLISECONDS = 10_000;
/** As a run keeps it for everything after its last word: calls that are begun at once can each go on for a wait longer. */
const AFTER_THE_END_MILLISECONDS = 20_000;

/** A clock that goes on by what is waited for. What is waited for at once passes at once. */
export class VirtualTime {
  milliseconds: number;

  constructor(start: Date) {
    this.milliseconds = start.getTime();
  }

  readonly now = (): Date => new Date(this.milliseconds);

  /** A wait of so long. */
  async pass(milliseconds: number, realMilliseconds = 0): Promise<void> {
    const until = this.milliseconds + milliseconds;
    await new Promise((resolve) => setTimeout(resolve, realMilliseconds));
    this.milliseconds = Math.max(this.milliseconds, until);
  }

  /** A call that gets no answer; for `SlackServer.onSilence`. The time is over well before the caller gives up, however busy the machine. */
  readonly silence = (): void => void this.pass(UNANSWERED_MILLISECONDS, REAL_MILLISECONDS / 2);

  /** How a run waits whose telling must be over at some time. */
  timing(end: Date, reserveMilliseconds = 0): DeliveryTiming {
    const unanswered = UNANSWERED_MILLISECONDS - REAL_MILLISECONDS;
    const before = (reserve: number) => (milliseconds: number) =>
      this.milliseconds + milliseconds + unanswered < end.getTime() - reserve;
    return {
      sleep: (milliseconds) => this.pass(milliseconds),
      timeoutMilliseconds: REAL_MILLISECONDS,
      isTimeLeft: before(Math.max(reserveMilliseconds, AFTER_THE_END_MILLISECONDS)),
      isTimeLeftAtEnd: before(AFTER_THE_END_MILLISECONDS),
    };
  }
}
