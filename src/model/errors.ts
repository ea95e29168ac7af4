/** What an error means to whoever decides by it. */
export type FailureKind =
  | 'denied'
  | 'throttled'
  | 'credentials'
  | 'unreachable'
  | 'not-found'
  | 'broken-answer'
  | 'other';

/** An error of this tool's own. Its message is a whole sentence, shown without the name of the class. */
export class JanitorError extends Error {
  override readonly name: string = 'JanitorError';
  readonly kind: FailureKind = 'other';
}

/** Another run is at it, or another invocation of this one, or nobody can tell. Nothing was done; the state machine tries again. */
export class LockedError extends JanitorError {
  override readonly name = 'LockedError';
}
