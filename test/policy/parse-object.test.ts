import { describe, expect, test } from 'vitest';
import { parsePolicy, parsePolicyObject } from '../../src/policy/language/parse.ts';
import { problemText } from '../../src/validation/problem.ts';

test('an object says the same as the text', () => {
  const object = { version: 1, rules: [{ name: 'r', select: {}, keep: { newest: 2 } }] };
  expect(parsePolicyObject(object, 'event')).toEqual(parsePolicy(JSON.stringify(object), 'p.yml'));
  expect(parsePolicyObject(object, 'event')).toMatchObject({
    ok: true,
    policy: { rules: [{ kind: 'retention', groupBy: [], keep: { newest: { count: 2 } }, deprecate: false }] },
  });
});

/** An object with so many more inside each other. */
function nested(levels: number): object {
  return levels === 0 ? {} : { a: nested(levels - 1) };
}

describe('an object as a policy', () => {
  test.each([
    [null, 'event: the policy must be a mapping, and is empty'],
    [undefined, 'event: the policy is missing'],
    [[], 'event: the policy must be a mapping'],
    [{ version: 1, rules: [{}] }, 'event: rules[0].name: is missing'],
    [
      { version: 1, rules: [{ name: 'r', select: { tags: { A: undefined } }, keep: { newest: 1 } }] },
      'event: rules[0].select.tags.A: is missing',
    ],
    [
      nested(50),
      'event: a: unknown key "a"; the keys here are version, targets, protect, references, rules, orphanSnapshots, sharedWithAccount, undo, limits, notify, owners',
    ],
    [nested(51), 'event: the policy is nested too deeply'],
    [
      JSON.parse('{"version":1,"rules":[],"protect":{"tags":{"__proto__":"x"}}}'),
      'event: protect.tags.__proto__: this key can not be used',
    ],
  ])('%j', (value, expected) => {
    const parsed = parsePolicyObject(value, 'event');
    expect(parsed.ok ? [] : parsed.problems.map(problemText)).toContain(expected);
  });

  test('endless ones are refused', () => {
    const endless: Record<string, unknown> = { version: 1 };
    endless.rules = [endless];
    expect(parsePolicyObject(endless, 'event')).toMatchObject({
      ok: false,
      problems: [{ message: 'the policy is nested too deeply' }],
    });
  });
});
