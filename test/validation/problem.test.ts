import { expect, test } from 'vitest';
import { pathText, problemText, quoted } from '../../src/validation/problem.ts';

test.each([
  ['short', '"short"'],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(59)}…"`],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\n\u001b', '"\\n\\u001b"'],
  ['\u007f\u202e\ufeff', '"\\u007f\\u202e\\ufeff"'],
  ['\u200b\u{e0041}', '"\\u200b\\udb40\\udc41"'],
])('%j is quoted as %s', (word, expected) => expect(quoted(word)).toBe(expected));

test.each([
  [[], ''],
  [['rules', 0, 'keep', 'newest'], 'rules[0].keep.newest'],
  [['protect', 'tags', 'a b'], 'protect.tags["a b"]'],
  [['protect', 'tags', ''], 'protect.tags[""]'],
  [['protect', 'tags', 'k'.repeat(64)], `protect.tags.${'k'.repeat(64)}`],
  [['protect', 'tags', 'k'.repeat(65)], `protect.tags["${'k'.repeat(59)}…"]`],
])('%j is written %s', (path, expected) => expect(pathText(path)).toBe(expected));

test.each([
  [{ path: 'a' }, 'p.yml: a: is missing'],
  [{ path: '', line: 3 }, 'p.yml:3:1: is missing'],
  [{ path: 'a', line: 3, column: 7, nearest: 'b"' }, 'p.yml:3:7: a: is missing; did you mean "b\\""?'],
])('%j reads %s', (over, expected) => {
  expect(problemText({ source: 'p.yml', message: 'is missing', ...over })).toBe(expected);
});
