import { ClockError } from '../model/clock.ts';
import { JanitorError } from '../model/errors.ts';
import type { Mode } from '../model/run.ts';

/** What was asked for is wrong or not allowed; nothing was done. */
export class RefusedError extends JanitorError {
  override readonly name = 'RefusedError';
}

/** @throws RefusedError where a run is to act and the deployment only reports */
export function requireMayEnforce(
  mode: Mode,
  { mayEnforce }: { readonly mayEnforce: boolean },
  next = 'deploy with enforce=true to act',
): void {
  if (mode === 'enforce' && !mayEnforce)
    throw new RefusedError(`This deployment only reports (JANITOR_ENFORCE is not "true"); ${next}.`);
}

/** The run ended and its reports are written, but not everything in it went well. */
export class RunFailedError extends JanitorError {
  override readonly name = 'RunFailedError';
}

/** A clock that is apart from AWS's refuses an invocation; any other error stays what it is. */
export function refusedByClock(error: unknown): unknown {
  return error instanceof ClockError ? new RefusedError(error.message, { cause: error }) : error;
}
