import { JanitorError } from './errors.ts';
/** What time it was in one moment: by AWS's answer, and by the clock that a run goes by. */
export interface ClockReading {
  /** From the `Date` header, to the second; absent where the answer has none. */
  readonly awsAt?: Date;
  readonly localAt: Date;
}

const MOST_MINUTES_APART = 5;

/** What is wrong with the clock, without a full stop: one that is ahead, or can't be compared, may remove early. */
export function clockProblem({ awsAt, localAt }: ClockReading): string | undefined {
  const local = localAt.toISOString();
  if (awsAt === undefined)
    return `AWS's answer has no time (a Date header), so that this machine's clock (${local}) could not be compared with it; check any proxy before the endpoint`;
  if (Math.abs(awsAt.getTime() - localAt.getTime()) <= MOST_MINUTES_APART * 60_000) return undefined;
  return `this machine's clock says ${local} and AWS says ${awsAt.toISOString()}, more than ${MOST_MINUTES_APART} minutes apart; set the clock`;
}

/** The clock is apart from AWS's, or can't be compared. Nothing was enforced. */
export class ClockError extends JanitorError {
  override readonly name = 'ClockError';

  constructor(problem: string) {
    super(`nothing is enforced: ${problem}`);
  }
}

/** @throws ClockError where nothing may be enforced by a clock */
export function requireClock(reading: ClockReading | undefined): void {
  const problem = reading && clockProblem(reading);
  if (problem !== undefined) throw new ClockError(problem);
}
