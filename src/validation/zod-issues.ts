import type * as z from 'zod';
import { nearestWord, type Path, pathText, quoted, type ValidationIssue } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What a value is measured in. */
export interface Measure {
  readonly words: string;
  readonly nearest: (value: unknown) => string | undefined;
}

/** What zod's issues do not say: which keys a schema knows at a path, and what a value there is measured in. */
export interface Language {
  readonly knownKeys: (at: Path) => readonly string[];
  readonly measureAt: (at: Path) => Measure | undefined;
}

interface Root {
  readonly value: unknown;
  readonly language: Language;
}

/** A problem whose position in the file is still to be found. */
export interface UnplacedIssue extends ValidationIssue {
  readonly at: Path;
  /** Whether the position is the key itself rather than its value. */
  readonly atKey: boolean;
}

/** Enough to correct a file by, and one more to say that there are more; a hostile file could have hundreds of thousands. */
const MOST_ISSUES = 51;

/** Turns what zod found wrong with a value into sentences with the path and the nearest valid word. */
export function issuesOf(issues: readonly Issue[], value: unknown, language: Language): UnplacedIssue[] {
  return issues.slice(0, MOST_ISSUES).flatMap((issue) => issuesAt(issue, [], { value, language }));
}

function issuesAt(issue: Issue, base: Path, root: Root): UnplacedIssue[] {
  const { language } = root;
  const at = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = language.knownKeys(at);
      return issue.keys.slice(0, MOST_ISSUES).map((key) => unknownKey(key, at, known));
    }
    case 'invalid_key':
      return issue.issues.map((inner) => unplaced(at, true, issueSentence(inner, language.measureAt(at), at.at(-1))));
    default: {
      const value = valueAt(root.value, at);
      const branch = issue.code === 'invalid_union' ? branchFor(issue.errors, value) : undefined;
      if (branch) return branch.flatMap((inner) => issuesAt(inner, at, root));
      // Beyond what JavaScript counts in whole numbers; the schema's own limit is narrower, and another issue.
      if ('origin' in issue && issue.origin === 'int') return [];
      return [unplaced(at, false, issueSentence(issue, language.measureAt(at), value))];
    }
  }
}

function unknownKey(key: string, parent: Path, known: readonly string[]): UnplacedIssue {
  const nearest = nearestWord(key, known);
  const instead = nearest === undefined && known.length > 0 ? `; the keys here are ${known.join(', ')}` : '';
  return unplaced([...parent, key], true, { message: `unknown key ${quoted(key)}${instead}`, nearest });
}

function unplaced(at: Path, atKey: boolean, { message, nearest }: IssueSentence): UnplacedIssue {
  return { message, path: pathText(at), at, atKey, ...(nearest !== undefined && { nearest }) };
}

/** The branch of a union that the value was meant for: the one whose type it has. */
function branchFor(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const isOtherType = ({ code, path }: Issue): boolean =>
    path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && typeof value !== 'string'));
  return branches.find((issues) => !issues.some(isOtherType));
}

/** The value at a path, if there is one. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    const holder = Object(value);
    if (!Object.hasOwn(holder, part)) return undefined;
    value = Reflect.get(holder, part);
  }
  return value;
}

interface IssueSentence {
  readonly message: string;
  readonly nearest?: string | undefined;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function issueSentence(issue: Issue, measure: Measure | undefined, value: unknown): IssueSentence {
  if (value === undefined) return { message: 'is missing' };
  switch (issue.code) {
    case 'invalid_type':
      if (measure) return { message: mustBe(measure.words, value), nearest: measure.nearest(value) };
      return { message: mustBe(wordFor(issue.expected), value) };
    case 'invalid_union':
      return { message: mustBe(typesOf(issue.errors), value) };
    case 'invalid_value':
      return oneOf(issue.values.map(String), value);
    case 'invalid_format':
      return { message: issue.message, nearest: measure?.nearest(value) };
    case 'too_small':
      return { message: issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty' };
    case 'too_big':
      if (issue.origin === 'number') return { message: `must be at most ${issue.maximum}` };
      return { message: `must not be longer than ${issue.maximum} characters` };
    case 'custom':
      return { message: issue.message, nearest: issue.params?.nearest };
    default:
      return { message: issue.message };
  }
}

function wordFor(type: string): string {
  return WORDS[type] ?? type;
}

function oneOf(words: readonly string[], value: unknown): IssueSentence {
  const [only] = words;
  if (words.length === 1) return { message: `must be ${only}${String(value) === only ? ', without quotes' : ''}` };
  const nearest = typeof value === 'string' ? nearestWord(value, words) : undefined;
  return { message: `must be one of ${words.join(', ')}`, nearest };
}

function typesOf(branches: readonly (readonly Issue[])[]): string {
  const types = branches.flat().flatMap((issue) => {
    if (issue.code === 'invalid_type') return [wordFor(issue.expected)];
    return issue.code === 'invalid_value' ? [`one of ${issue.values.join(', ')}`] : [];
  });
  return [...new Set(types)].join(' or ');
}

function mustBe(words: string, value: unknown): string {
  if (value === null) return `must be ${words}, and is empty`;
  const isUnquoted = (typeof value === 'boolean' || typeof value === 'number') && words.includes('text');
  return `must be ${words}${isUnquoted ? `: write ${quoted(String(value))} in quotes` : ''}`;
}
