import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy, parsePolicyObject } from '../../src/policy/language/parse.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { sweep, times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

/** Whatever comes in: clear errors, or a policy of which every rule keeps something. */
function expectClear(parsed: ReturnType<typeof parsePolicy>): void {
  if (!parsed.ok) {
    expect(parsed.problems.length).toBeGreaterThan(0);
    expect(parsed.problems.length).toBeLessThan(52);
    for (const { message, line = 1, column = 1 } of parsed.problems) {
      expect(message).not.toMatch(/\p{Control}/u);
      expect(message.length).toBeLessThan(500);
      expect(line >= 1 && column >= 1).toBe(true);
    }
    return;
  }
  for (const rule of parsed.policy.rules) {
    if (rule.kind === 'expiry') expect(rule.expireTag).not.toBe('');
    else if (rule.kind === 'retention') {
      const { newest, youngerThan, launchedWithin } = rule.keep;
      const keeps = (newest?.count ?? 0) + (youngerThan?.milliseconds ?? 0) + (launchedWithin?.milliseconds ?? 0);
      expect(keeps).toBeGreaterThan(0);
    }
  }
}

const VALID = `version: 1
protect: { tags: { Keep: "true" } }
rules:
  - name: golden
    select: { tags: { Family: "*" }, name: "web-*" }
    groupBy: ["tag:Family"]
    keep: { newest: 3, youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
limits: { perRun: 50, stopAbove: 25% }
`;

describe('the parser never crashes, hangs or keeps nothing by surprise', () => {
  test('on a good policy with pieces cut out, doubled and put in', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      ',',
      '- ',
      '"',
      "'",
      '&a ',
      '*a',
      '!!',
      '!x ',
      '|',
      '>',
      '#',
      '%',
      '---',
      '...',
      '?',
      '\t',
      '\ufeff',
      '\r\n',
      '\u0000',
      '😀',
      '~',
      'null',
      'true',
      '.inf',
      '1e999',
      '0x10',
      '0d',
      '-1',
      '<<: ',
      '__proto__',
      'keep',
      'expire',
      'a'.repeat(300),
    );
    const edit = fc.record({ at: fc.nat(VALID.length), drop: fc.nat(6), piece });
    tried(times(600), fc.array(edit, { maxLength: 4 }), (edits) => {
      const text = edits.reduce((now, { at, drop, piece }) => now.slice(0, at) + piece + now.slice(at + drop), VALID);
      expectClear(parsePolicy(text, 'fuzz.yml'));
    });
  });

  test('on anything', () => {
    tried(times(250), fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expectClear(parsePolicy(text, 'fuzz.yml'));
    });
  });

  test('on any object', () => {
    tried(times(250), fc.anything({ withNullPrototype: true, withMap: true, withDate: true }), (value) => {
      expectClear(parsePolicyObject(value, 'event'));
    });
  });

  test('on a good object with one value that is wrong', () => {
    const wrong = fc.oneof(
      fc.constantFrom(0, -1, 1.5, Number.MAX_VALUE, '', '0d', '9999999y', null, [], {}, true),
      fc.string(),
    );
    tried(times(250), rawPolicies, fc.nat(30), wrong, (raw, which, value) => {
      let seen = 0;
      const text = JSON.stringify(raw, (_, inner: unknown) => {
        seen += 1;
        return seen === which + 2 ? value : inner;
      });
      expectClear(parsePolicy(text, 'fuzz.yml'));
      expectClear(parsePolicyObject(JSON.parse(text), 'event'));
    });
  });

  const pieces: readonly (readonly [name: string, piece: string])[] = [
    ['brackets', '['],
    ['braces', '{a: '],
    ['dashes', '- '],
    ['questions', '? '],
    ['quotes', '"'],
    ['anchors', '&a '],
    ['aliases', '*a '],
    ['keys', 'a:\n'],
    ['list items', '- a\n'],
    ['comments', '#\n'],
    ['documents', '---\n'],
    ['colons', ': '],
    ['tags', '!a '],
    ['folded lines', '>\n\n'],
  ];
  test.each(sweep(pieces, 5))('on a hundred kilobytes of %s', (_, piece) => {
    expectClear(parsePolicy(piece.repeat(Math.floor((100 * 1024) / piece.length)), 'fuzz.yml'));
  });

  test('on ten megabytes, deep objects, and half a megabyte of different keys', () => {
    expectClear(parsePolicy('a'.repeat(10 * 1024 * 1024), 'fuzz.yml'));
    expectClear(parsePolicy(Array.from({ length: 40_000 }, (_, index) => `key${index}: 1`).join('\n'), 'fuzz.yml'));
    const deep = `${'{"version":'.repeat(5000)}1${'}'.repeat(5000)}`;
    expectClear(parsePolicy(deep, 'fuzz.yml'));
    expectClear(parsePolicyObject(JSON.parse(deep), 'event'));
  });
});

test('a valid policy survives being written as YAML or as an object alike', () => {
  tried(times(200), rawPolicies, (raw) => {
    expect(parsePolicy(JSON.stringify(raw), 'p')).toEqual(parsePolicyObject(raw, 'p'));
  });
});
