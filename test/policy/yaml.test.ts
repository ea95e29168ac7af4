import { describe, expect, test } from 'vitest';
import { problemsOf } from '../builders/problems.ts';

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
    ['x'.repeat(600_000), 'p.yml: the policy is larger than 512 KiB'],
    ['['.repeat(20_000), 'the policy is nested too deeply'],
    [`${'['.repeat(60)}${']'.repeat(60)}`, 'the policy is nested too deeply'],
    [`version: 1\nrules: &a []\nx:\n${'- *a\n'.repeat(101)}`, 'has more than 100 aliases'],
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

  test('what is quoted stays on one line and is printable', () => {
    const [problem = ''] = problemsOf(`version: 1\nrules: []\n"a\\u001b[31m\\n\\u202e${'x'.repeat(100)}": 1`);
    expect(problem).toContain('unknown key "a\\u001b[31m\\n\\u202e');
    expect(problem).not.toMatch(/\p{Control}|\p{Format}/u);
    expect(problem.length).toBeLessThan(250);
  });
});
