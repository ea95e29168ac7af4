import { ClockError } from '../model/clock.ts';
import { JanitorError } from '../model/errors.ts';

/** What was asked for is wrong or not allowed; nothing was done. */
export class RefusedError extends JanitorError {
  override readonly name = 'RefusedError';
}

/** The run ended and its reports are written, but not everything in it went well. */
export class RunFailedError extends JanitorError {
  override readonly name = 'RunFailedError';
}

/** A clock that is apart from AWS's refuses an invocation; any other error stays what it is. */
export function refusedByClock(error: unknown): unknown {
  return error instanceof ClockError ? new RefusedError(error.message, { cause: error }) : error;
}
