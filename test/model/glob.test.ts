import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globCapture, globMatcher, globProblem, literalOf, looseGlobMatcher } from '../../src/model/glob.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

/** As plain as can be, and slow: tries every length for every star, over whole characters. */
function matchesPlainly(pattern: readonly string[], text: readonly string[], isLoose = false): boolean {
  const [first, ...rest] = pattern;
  const more = (pattern: readonly string[], text: readonly string[]) => matchesPlainly(pattern, text, isLoose);
  if (first === undefined) return text.length === 0;
  if (first === '*') return more(rest, text) || (text.length > 0 && more(pattern, text.slice(1)));
  if (first === '?' && isLoose && more(rest, text)) return true;
  if (text.length === 0) return false;
  if (first === '\\' && rest.length > 0) return rest[0] === text[0] && more(rest.slice(1), text.slice(1));
  return (first === '?' || first === text[0]) && more(rest, text.slice(1));
}

describe('globs', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a', 'A', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['**', '', true],
    ['a*', 'a', true],
    ['a*', 'ab', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['?', 'a', true],
    ['?', '', false],
    ['??', 'a', false],
    ['*?', '', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['{a}', '{a}', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\\?x', '?x', true],
    ['\\\\', '\\', true],
    ['a\\*b*', 'a*bc', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['?', '\uffff', true],
    ['*aa*aa*', 'aaa', false],
    ['*aa*aa*', 'aaaa', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['*😀', 'x😀', true],
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(globMatcher(pattern)(text)).toBe(expected);
  });

  const character = fc.constantFrom('a', 'b', '*', '?', '😀', '\\');
  const pattern = fc
    .array(character, { maxLength: 8 })
    .filter((parts) => globProblem(parts.join(''), false) === undefined);

  test('agree with the plainest way to match, whole characters at a time', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '?', '😀', '\\'), { maxLength: 8 });
    tried(times(5000), pattern, text, (parts, characters) => {
      expect(globMatcher(parts.join(''))(characters.join(''))).toBe(matchesPlainly(parts, characters));
      expect(looseGlobMatcher(parts.join(''))(characters.join(''))).toBe(matchesPlainly(parts, characters, true));
    });
  });

  test('a text with every special character escaped matches itself alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const escaped = text.replaceAll(/[\\*?]/g, '\\$&');
        expect(globMatcher(escaped)(text)).toBe(true);
        expect(globMatcher(escaped)(other)).toBe(text === other);
        expect(literalOf(escaped)).toBe(text);
      }),
    );
  });

  test('hostile patterns take no longer than pattern times text', () => {
    const started = performance.now();
    expect(globMatcher(`${'*a'.repeat(250)}b`)('a'.repeat(10_000))).toBe(false);
    expect(looseGlobMatcher(`${'*a?'.repeat(80)}b`)('a'.repeat(2000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('literalOf', () => {
  test.each([
    ['Family', 'Family'],
    ['a\\*', 'a*'],
    ['a*', undefined],
    ['a?', undefined],
    ['\0', '\0'],
  ])('%j is %j', (pattern, expected) => expect(literalOf(pattern)).toBe(expected));
});

describe('captures', () => {
  test.each([
    ['webapp-{*}-20??????', 'webapp-api-20260101', 'api'],
    ['webapp-{*}-20??????', 'webapp-api-blue-20260101', 'api-blue'],
    ['webapp-{*}-20??????', 'webapp-api-2026', undefined],
    ['{*}', 'all', 'all'],
    ['{*}', '', ''],
    ['{*}-*', 'a-b-c', 'a'],
    ['*-{*}', 'a-b-c', 'b-c'],
    ['*-{?}', 'a-b-c', 'c'],
    ['{web}*', 'webapp', 'web'],
    ['*{app}', 'webapp', 'app'],
    ['x{}y', 'xy', ''],
    ['\\{{*}\\}', '{a}', 'a'],
    ['{?}*', '😀x', '😀'],
    ['*a{*}', 'aab', 'ab'],
    ['*{ab}*c', 'aabxc', 'ab'],
    ['abc', 'abc', ''],
  ])('%j on %j is %j', (pattern, text, expected) => {
    expect(globCapture(pattern)(text)).toBe(expected);
  });

  test('a capture matches the part between the braces, and the rest matches the rest', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 4 }).map((parts) => parts.join(''));
    const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((parts) => parts.join(''));
    tried(times(3000), part, part, part, text, (before, inside, after, whole) => {
      const captured = globCapture(`${before}{${inside}}${after}`)(whole);
      expect(captured !== undefined).toBe(globMatcher(before + inside + after)(whole));
      if (captured === undefined) return;
      expect(globMatcher(inside)(captured)).toBe(true);
      const cut = [...whole].findIndex(
        (_, at) =>
          globMatcher(before)(whole.slice(0, at)) &&
          whole.startsWith(captured, at) &&
          globMatcher(after)(whole.slice(at + captured.length)),
      );
      expect(cut >= 0 || whole.length === 0 || captured === '').toBe(true);
    });
  });
});

describe('globProblem', () => {
  test.each([
    ['a\\', false, 'ends in a lone backslash; write \\\\ for a backslash'],
    ['a\\\\', false, undefined],
    ['{', false, undefined],
    ['{*}', true, undefined],
    ['*', true, 'needs exactly one {…} part, such as webapp-{*}-20??????'],
    ['{a}{b}', true, 'needs exactly one {…} part, such as webapp-{*}-20??????'],
    ['}a{', true, 'needs exactly one {…} part, such as webapp-{*}-20??????'],
    ['\\{a}', true, 'needs exactly one {…} part, such as webapp-{*}-20??????'],
  ])('%j (captures: %s) is %j', (pattern, captures, expected) => {
    expect(globProblem(pattern, captures)).toBe(expected);
  });
});
