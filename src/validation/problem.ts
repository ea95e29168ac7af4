import { closest, distance } from 'fastest-levenshtein';
import { jsonEscape } from '../text/json.ts';
import { INVISIBLE } from '../text/untrusted.ts';

/** One thing that is wrong with what was given, and where. */
export interface Problem {
  /** The file's name, or where else it came from. */
  readonly source: string;
  readonly message: string;
  /** `rules[0].keep.newest`; empty for the whole. */
  readonly path: string;
  /** From 1, where it is a text. */
  readonly line?: number;
  readonly column?: number;
  /** The nearest valid word. */
  readonly nearest?: string;
}

/** A position in a text, from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A key, or a position in a list. */
export type Path = readonly (string | number)[];

/** Writes a path as people do; keys with anything but plain characters are quoted. */
export function pathText(path: Path): string {
  let written = '';
  for (const part of path) {
    if (typeof part === 'number') written += `[${part}]`;
    else if (/^[\w-]{1,64}$/.test(part)) written += written === '' ? part : `.${part}`;
    else written += `[${quoted(part)}]`;
  }
  return written;
}

/** Quotes a word for a message: on one line, printable, and not longer than a message bears. */
export function quoted(word: string): string {
  return printable(JSON.stringify(word.length > 60 ? `${word.slice(0, 59)}…` : word));
}

/** Writes what a reader cannot see, or what would move what they see, as JSON's escapes. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, jsonEscape);
}

/** What is wrong at a path, before its position in the file is known. */
export type ValidationIssue = Omit<Problem, 'source'>;

/** One problem on one line, as a compiler would print it: source, line, column, path, what, and the nearest word. */
export function problemText(problem: Problem): string {
  const { source, line } = problem;
  const position = line === undefined ? source : `${source}:${line}:${problem.column ?? 1}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const nearest = problem.nearest === undefined ? '' : `; did you mean ${quoted(problem.nearest)}?`;
  return `${position}: ${path}${problem.message}${nearest}`;
}

/** The known word that is nearest to a misspelled one; undefined where none is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100 || known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const sameLetters = known.find((one) => one.toLowerCase() === lower);
  if (sameLetters !== undefined) return sameLetters;
  const best = closest(lower, known);
  return distance(lower, best.toLowerCase()) <= Math.max(2, Math.ceil(best.length / 2)) ? best : undefined;
}
