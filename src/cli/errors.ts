import { failureOf } from '../aws/errors.ts';
import { ClockError } from '../model/clock.ts';
import { JanitorError } from '../model/errors.ts';

/** Exit codes, as people script against them. */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3, due: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something is wrong with what was asked for: the command line, the policy, the settings. */
export class UsageError extends JanitorError {
  override readonly name = 'UsageError';
}

/** The sentence for an error, and how to exit. */
export function explainError(error: unknown): { readonly sentence: string; readonly exitCode: ExitCode } {
  if (error instanceof UsageError || error instanceof ClockError)
    return { sentence: error.message, exitCode: EXIT.usage };
  return { sentence: failureOf(error).sentence, exitCode: EXIT.failed };
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
