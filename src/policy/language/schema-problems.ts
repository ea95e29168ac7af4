import type * as z from 'zod';
import { nearestWord } from '../../validation/nearest-word.ts';
import { type Path, pathText, quoted, type ValidationIssue } from './problem.ts';
import { knownKeys, valueAt } from './schema-places.ts';
import { type IssueSentence, issueSentence } from './schema-sentences.ts';

type Issue = z.core.$ZodIssue;

/** A problem whose place in the file is still to be found. */
export interface UnplacedIssue extends ValidationIssue {
  readonly at: Path;
  /** Whether the place is the key itself rather than its value. */
  readonly atKey: boolean;
}

/** Enough to mend a file by, and one more to tell that there are more; a hostile file could have hundreds of thousands. */
const MOST_ISSUES = 51;

/** Turns what zod found wrong with a value into sentences with the path and the nearest valid word. */
export function issuesOf(issues: readonly Issue[], value: unknown): UnplacedIssue[] {
  return issues.slice(0, MOST_ISSUES).flatMap((issue) => misfits(issue, [], value));
}

function misfits(issue: Issue, base: Path, root: unknown): UnplacedIssue[] {
  const at = [...base, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(at);
      return issue.keys.slice(0, MOST_ISSUES).map((key) => unknownKey(key, at, known));
    }
    case 'invalid_key':
      return issue.issues.map((inner) => misfit(at, true, issueSentence(inner, at, at.at(-1))));
    default: {
      const value = valueAt(root, at);
      const branch = issue.code === 'invalid_union' ? branchFor(issue.errors, value) : undefined;
      if (branch) return branch.flatMap((inner) => misfits(inner, at, root));
      // Beyond what JavaScript counts in whole numbers; the schema's own limit is narrower, and another issue.
      if ('origin' in issue && issue.origin === 'int') return [];
      return [misfit(at, false, issueSentence(issue, at, value))];
    }
  }
}

function unknownKey(key: string, parent: Path, known: readonly string[]): UnplacedIssue {
  return misfit([...parent, key], true, { message: `unknown key ${quoted(key)}`, nearest: nearestWord(key, known) });
}

function misfit(at: Path, atKey: boolean, { message, nearest }: IssueSentence): UnplacedIssue {
  return { message, path: pathText(at), at, atKey, ...(nearest !== undefined && { nearest }) };
}

/** The branch of a union that the value was meant for: the one whose type it has. */
function branchFor(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const isOtherType = ({ code, path }: Issue): boolean =>
    path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && typeof value !== 'string'));
  return branches.find((issues) => !issues.some(isOtherType));
}
