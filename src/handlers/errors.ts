import { ClockError } from '../model/clock.ts';

/** What was asked for is wrong or not allowed; nothing was done. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The run ended and its reports are written, but not everything in it went well. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
}

/** A clock that is apart from AWS's refuses an invocation; any other error stays what it is. */
export function refusedByClock(error: unknown): unknown {
  return error instanceof ClockError ? new RefusedError(error.message, { cause: error }) : error;
}
