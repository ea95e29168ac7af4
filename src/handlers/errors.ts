/** What was asked for is wrong or not allowed; nothing was done. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The run ended and its reports are written, but not everything in it went well. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
}
