import type * as z from 'zod';
import { nearestWord } from '../../validation/nearest-word.ts';
import { measureAt } from './measures.ts';
import { type Path, quoted } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with one value, and the nearest valid one. */
export interface IssueSentence {
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

/** Says what zod found wrong with a value at a place in the policy's own words. */
export function issueSentence(issue: Issue, at: Path, value: unknown): IssueSentence {
  if (value === undefined) return { message: 'is missing' };
  switch (issue.code) {
    case 'invalid_type': {
      const measure = measureAt(at);
      if (measure) return { message: mustBe(measure.words, value), nearest: measure.nearest(value) };
      return { message: mustBe(wordFor(issue.expected), value) };
    }
    case 'invalid_union':
      return { message: mustBe(typesOf(issue.errors), value) };
    case 'invalid_value':
      return oneOf(issue.values.map(String), value);
    case 'invalid_format':
      return { message: issue.message, nearest: measureAt(at)?.nearest(value) };
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
