import { describe, expect, test } from 'vitest';
import { problemsOf } from '../builders/problems.ts';

const DEEP = `${'['.repeat(60)}${']'.repeat(60)}`;
const inMappings = (levels: number, text: string) => `${'{a: '.repeat(levels)}${text}${'}'.repeat(levels)}`;
const INVALID = 'the policy is not valid YAML:';

const KEYS =
  'the keys here are version, targets, protect, references, rules, orphanSnapshots, sharedWithAccount, undo, limits, notify, owners';

describe('YAML', () => {
  test.each([
    ['', 'p.yml: the policy is empty'],
    ['# nothing\n', 'p.yml: the policy is empty'],
    ['null', 'p.yml: the policy is empty'],
    ['version: 1\nversion: 1\nrules: []', 'p.yml:2:1: version: this key stands here twice'],
    ['version: 1\nrules: []\n"rules": []', 'p.yml:3:1: rules: this key stands here twice'],
    ['version: 1\n---\nrules: []', 'p.yml:2:1: the policy holds more than one document'],
    ['version: 1\nrules: &a [*a]', 'p.yml:2:12: rules[0]: the alias "a" contains itself'],
    ['version: 1\nrules: *gone', 'p.yml: the policy has too many aliases, or one whose anchor is missing'],
    ['version: !secret 1\nrules: []', 'p.yml:1:10: the policy is not valid YAML: Unresolved tag: !secret'],
    ['? [a]\n: b', 'p.yml:1:3: the policy is not valid YAML: With stringKeys, all keys must be strings'],
    ['version: 1\nrules: [', 'the policy is not valid YAML: Flow sequence'],
    ['version: 1\n\trules: []', 'the policy is not valid YAML'],
    [
      'version: 1\nrules: []\nprotect: { tags: { __proto__: x } }',
      'p.yml:3:20: protect.tags.__proto__: this key can not be used',
    ],
  ])('%j', (text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  test.each([
    ['a byte order mark', '\ufeffversion: 1\nrules: []'],
    ['Windows line ends', 'version: 1\r\nrules: []\r\n'],
    ['JSON', '{"version":1,"rules":[]}'],
    [
      'anchors',
      'version: 1\nrules:\n- { name: a, select: {}, keep: &k { newest: 1 } }\n- { name: b, select: {}, keep: *k }',
    ],
    ['a document marker', '---\nversion: 1\nrules: []\n...\n'],
    ['fifty levels of nothing', 'version: 1\nrules: []'],
  ])('%s is fine', (_, text) => expect(problemsOf(text)).toEqual([]));

  test.each([
    ['half a megabyte', 'x'.repeat(512 * 1024), 'p.yml:1:1: the policy must be a mapping'],
    ['a letter more', 'x'.repeat(512 * 1024 + 1), 'p.yml: the policy is larger than 512 KiB'],
    ['twenty thousand brackets', '['.repeat(20_000), expect.stringContaining('the policy is nested too deeply')],
    ['fifty levels', inMappings(50, 'x'), `p.yml:1:2: a: unknown key "a"; ${KEYS}`],
    ['one level more', inMappings(51, 'x'), 'p.yml:1:205: the policy is nested too deeply'],
    ['a value that is left out too deep', inMappings(50, '{a}'), 'p.yml: the policy is nested too deeply'],
    ['two that are too deep', `x: ${DEEP}\ny: ${DEEP}`, 'p.yml:1:54: the policy is nested too deeply'],
    ['a hundred aliases', `x: &a []\ny: [${'*a, '.repeat(100)}]`, `p.yml:2:1: y: unknown key "y"; ${KEYS}`],
    ['one alias more', `x: &a []\ny: [${'*a, '.repeat(101)}]`, 'p.yml:2:405: y[100]: has more than 100 aliases'],
    ['more than one line', '"\\u12\n4"', `p.yml:1:2: ${INVALID} Invalid escape sequence \\u12\\u000a4`],
    ['what steers a terminal', '"\\\u001b[2J"', `p.yml:1:2: ${INVALID} Invalid escape sequence \\\\u001b`],
    [
      'two hundred characters',
      `version: !${'t'.repeat(183)} 1`,
      `p.yml:1:10: ${INVALID} Unresolved tag: !${'t'.repeat(183)}`,
    ],
    [
      'one character more',
      `version: !${'t'.repeat(184)} 1`,
      `p.yml:1:10: ${INVALID} Unresolved tag: !${'t'.repeat(182)}…`,
    ],
  ])('the last problem of %s', (_, text, expected) => expect(problemsOf(text).at(-1)).toEqual(expected));

  test('of what is too deep one place is enough', () => expect(problemsOf(`x: ${DEEP}\ny: ${DEEP}`)).toHaveLength(1));

  test('a fault behind an alias is said where the alias stands', () => {
    const text =
      'version: 1\nrules:\n- { name: a, select: {}, keep: &k { newest: 0 } }\n- { name: b, select: {}, keep: *k }';
    expect(problemsOf(text)).toEqual([
      'p.yml:3:45: rules[0].keep.newest: must be at least 1',
      'p.yml:3:45: rules[1].keep.newest: must be at least 1',
    ]);
  });

  test('few aliases that stand for millions are refused', () => {
    const line = (key: string, of: string) => `${key}: &${key} [${Array(9).fill(`*${of}`).join(', ')}]`;
    const text = ['a: &a [x, x]', line('b', 'a'), line('c', 'b'), line('d', 'c'), line('e', 'd')].join('\n');
    expect(problemsOf(text)).toEqual(['p.yml: the policy has too many aliases, or one whose anchor is missing']);
  });

  test('says no more than fifty problems, and that there are more', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `key${index}: 1`).join('\n');
    const problems = problemsOf(text);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe('p.yml: the policy has more problems than these');
  });

  test.each([
    [50, 50],
    [51, 51],
    [1000, 51],
  ])('of %d rules that are none says %d problems, the last of which tells of more', (rules, said) => {
    const problems = problemsOf(`version: 1\nrules:\n${'- 1\n'.repeat(rules)}`);
    expect(problems).toHaveLength(said);
    expect(problems.at(-1)).toBe(
      rules > 50 ? 'p.yml: the policy has more problems than these' : 'p.yml:52:3: rules[49]: must be a mapping',
    );
  });

  test('what is quoted stays on one line and is printable', () => {
    const [problem = ''] = problemsOf(`version: 1\nrules: []\n"a\\u001b[31m\\n\\u202e${'x'.repeat(100)}": 1`);
    expect(problem).toContain('unknown key "a\\u001b[31m\\n\\u202e');
    expect(problem).not.toMatch(/\p{Control}|\p{Format}/u);
    expect(problem.length).toBeLessThan(400);
  });
});
