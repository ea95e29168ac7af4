import type * as z from 'zod';
import { ClockError } from '../model/clock.ts';
import { JanitorError } from '../model/errors.ts';
import { nearestWord } from '../validation/problem.ts';

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

/**
 * What a function was given, as its schema reads it.
 * @param what begins the sentence of the refusal: `The event`
 * @throws RefusedError one sentence that names every value that is wrong
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  knownKeys: readonly string[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success)
    throw new RefusedError(`${what} is not valid: ${problemsOf(parsed.error, knownKeys).join('; ')}.`);
  return parsed.data;
}

/** One sentence for each thing that zod found wrong, with its path and the nearest valid word. */
function problemsOf(error: z.ZodError, knownKeys: readonly string[]): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `unknown key ${JSON.stringify(key)}${nearest(key, knownKeys)}`);
    }
    const path = issue.path.length === 0 ? 'it' : JSON.stringify(issue.path.join('.'));
    if (issue.code === 'invalid_value') {
      const words = issue.values.map(String);
      const given = typeof issue.input === 'string' ? nearest(issue.input, words) : '';
      return [`${path} must be ${words.map((word) => JSON.stringify(word)).join(' or ')}${given}`];
    }
    const text = issue.message.startsWith('must ')
      ? issue.message
      : `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
    return [`${path} ${issue.message.startsWith('must ') ? '' : 'is wrong: '}${text}`];
  });
}

/** The known word that was meant, or where none is near enough all that are known. */
function nearest(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const found = nearestWord(word, known);
  return found === undefined ? ` (known: ${known.join(', ')})` : ` (nearest: ${JSON.stringify(found)})`;
}
