import type * as z from 'zod';
import { measureAt } from './measures.ts';
import { nearestWord } from './nearest.ts';
import { type Fault, type Path, pathText, quoted } from './problem.ts';
import { knownKeys, valueAt } from './schema-places.ts';

type Issue = z.core.$ZodIssue;

/** A problem whose place in the file is still to be found. */
export interface Misfit extends Fault {
  readonly at: Path;
  /** Whether the place is the key itself rather than its value. */
  readonly atKey: boolean;
}

/** Enough to mend a file by; a hostile one could have hundreds of thousands. */
const MOST_ISSUES = 50;

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

/** Turns what zod found wrong with a value into sentences with the path and the nearest valid word. */
export function misfitsOf(issues: readonly Issue[], value: unknown): Misfit[] {
  return issues.slice(0, MOST_ISSUES).flatMap((issue) => misfits(issue, [], value));
}

function misfits(issue: Issue, base: Path, root: unknown): Misfit[] {
  const at = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  const value = valueAt(root, at);
  const misfit = (message: string, nearest?: string): Misfit[] => [
    { message, path: pathText(at), at, atKey: false, ...(nearest !== undefined && { nearest }) },
  ];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(at);
      return issue.keys.slice(0, MOST_ISSUES).map((key) => unknownKey(key, at, known));
    }
    case 'invalid_union': {
      const branch = branchFor(issue.errors, value);
      return branch
        ? branch.flatMap((inner) => misfits(inner, at, root))
        : misfit(`must be ${typesOf(issue.errors)}${hintFor(value, typesOf(issue.errors))}`);
    }
    case 'invalid_key':
      return issue.issues
        .flatMap((inner) => misfits({ ...inner, path: [] }, at, root))
        .map((one) => ({ ...one, atKey: true }));
    case 'invalid_type': {
      if (value === undefined) return misfit('is missing');
      const measure = measureAt(at);
      if (measure && typeof value === 'number') return misfit(`must be ${measure.words}`, measure.nearest(value));
      const wanted = WORDS[issue.expected] ?? issue.expected;
      return misfit(`must be ${wanted}${hintFor(value, wanted)}`);
    }
    case 'invalid_value': {
      if (value === undefined) return misfit('is missing');
      const words = issue.values.map(String);
      const [only = ''] = words;
      if (words.length === 1) return misfit(`must be ${only}${String(value) === only ? ', without quotes' : ''}`);
      const nearest = typeof value === 'string' ? nearestWord(value, words) : undefined;
      return misfit(`must be one of ${words.join(', ')}`, nearest);
    }
    case 'invalid_format':
      return misfit(issue.message, measureAt(at)?.nearest(value));
    case 'too_small':
      if (issue.origin === 'number' || issue.origin === 'int') return misfit(`must be at least ${issue.minimum}`);
      return misfit('must not be empty');
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') return misfit(`must be at most ${issue.maximum}`);
      return misfit(`must not be longer than ${issue.maximum} characters`);
    case 'custom':
      return misfit(issue.message, typeof issue.params?.nearest === 'string' ? issue.params.nearest : undefined);
    default:
      return misfit(issue.message);
  }
}

function unknownKey(key: string, parent: Path, known: readonly string[]): Misfit {
  const at = [...parent, key];
  const nearest = nearestWord(key, known);
  return {
    message: `unknown key ${quoted(key)}`,
    path: pathText(at),
    at,
    atKey: true,
    ...(nearest !== undefined && { nearest }),
  };
}

/** The branch of a union that the value was meant for: the one whose type it has. */
function branchFor(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  if (value === undefined) return branches[0];
  const isOtherType = ({ code, path }: Issue): boolean =>
    path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && typeof value !== 'string'));
  return branches.find((issues) => !issues.some(isOtherType));
}

function typesOf(branches: readonly (readonly Issue[])[]): string {
  const types = branches.flat().flatMap((issue) => {
    if (issue.code === 'invalid_type') return [WORDS[issue.expected] ?? issue.expected];
    return issue.code === 'invalid_value' ? [`one of ${issue.values.join(', ')}`] : [];
  });
  return [...new Set(types)].join(' or ');
}

function hintFor(value: unknown, wanted: string): string {
  if (value === null) return ', and is empty';
  if ((typeof value === 'boolean' || typeof value === 'number') && wanted.includes('text'))
    return `: write ${quoted(String(value))} in quotes`;
  return '';
}
