import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/language/parse.ts';
import { aPolicy } from '../builders/policy.ts';

const parse = (notify: string) => parsePolicy(`version: 1\nrules: []\n${notify}`, 'policy.yml');

describe('the notify section', () => {
  it('has defaults', () => {
    expect(aPolicy('rules: []\nnotify: { slack: { token: "ssm:/x", channel: "#x" } }').notify).toEqual({
      slack: { token: 'ssm:/x', channel: '#x' },
      remindBefore: { text: '3d', milliseconds: 3 * 86_400_000 },
      tellOwnersOnDryRun: false,
    });
  });

  it.each([
    ['names no way of telling', 'notify: {}', /needs either slack or sns/],
    [
      'names two',
      'notify: { slack: { webhook: "ssm:/x" }, sns: { topicArn: "arn:aws:sns:eu-west-1:123456789012:t" } }',
      /needs either slack or sns/,
    ],
    ['names no topic', 'notify: { sns: { topicArn: "platform" } }', /must be the ARN of an SNS topic/],
    ['has buttons without a token', 'notify: { slack: { webhook: "ssm:/x", signingSecret: "ssm:/y" } }', /needs token/],
    [
      'holds a token itself',
      'notify: { slack: { token: "xoxb-1234-secret", channel: "#x" } }',
      /must say where the secret lies/,
    ],
    ['has a reminder that is no duration', 'notify: { remindBefore: 3, slack: { webhook: "ssm:/x" } }', /./],
  ])('is refused where it %s', (_, text, why) => {
    const parsed = parse(text);
    if (parsed.ok) throw new Error('it was taken');
    expect(parsed.problems.map(({ message }) => message).join()).toMatch(why);
    expect(JSON.stringify(parsed.problems)).not.toContain('xoxb-1234');
  });

  const SLACK = 'notify: { slack: { token: "ssm:/x", channel: "#platform" } }';
  it.each([
    ['a fallback that is a team’s name', `${SLACK}\nowners: { fallback: Platform }`, 'owners.fallback'],
    ['a fallback that is a user group', `${SLACK}\nowners: { fallback: S0PLATFORM }`, 'owners.fallback'],
    ['a fallback that wakes everybody', `${SLACK}\nowners: { fallback: "@here" }`, 'owners.fallback'],
    ['an alias that leads nowhere', `${SLACK}\nowners: { aliases: { web: "Web Team" } }`, 'owners.aliases.web'],
    ['an alias that is a user group', `${SLACK}\nowners: { aliases: { web: S0PLATFORM } }`, 'owners.aliases.web'],
    [
      'a platform group that is none',
      `${SLACK}\nowners: { platformGroup: [U00000ANN, ops] }`,
      'owners.platformGroup[1]',
    ],
    ['one platform group that is none', `${SLACK}\nowners: { platformGroup: ops }`, 'owners.platformGroup'],
    ['a person for a channel', 'notify: { slack: { token: "ssm:/x", channel: "@ann" } }', 'notify.slack.channel'],
    ['a channel without its sign', 'notify: { slack: { token: "ssm:/x", channel: platform } }', 'notify.slack.channel'],
  ])('refuses %s: nobody would be told, or could press', (_, text, place) => {
    const parsed = parse(text);
    if (parsed.ok) throw new Error('it was taken');
    expect(parsed.problems.map(({ path }) => path)).toEqual([place]);
    expect(parsed.problems[0]?.message).toMatch(/^must be a channel/);
  });

  it.each(['ann@example.com', '@ann', 'U00000ANN', '#fallback', 'C00FALLBACK'])(
    'takes a fallback written as %s',
    (written) => {
      expect(aPolicy(`rules: []\n${SLACK}\nowners: { fallback: "${written}" }`).owners.fallback).toBe(written);
    },
  );

  it('gives owners a week of notice unless a rule says otherwise', () => {
    const [rule] = aPolicy(
      'rules: [{ name: r, select: {}, keep: { newest: 1 }, deprecate: {}, deregister: { after: 1d } }]',
    ).rules;
    expect(rule?.deregister?.notice).toEqual({ text: '7d', milliseconds: 7 * 86_400_000 });
  });

  it('takes one or several platform groups', () => {
    const none = parsePolicy('version: 1\nrules: []\nowners: { platformGroup: [] }', 'p');
    expect(none).toMatchObject({ ok: false, problems: [{ message: 'must not be empty' }] });
    expect(aPolicy('rules: []\nowners: { platformGroup: [S0A, S0B] }').owners.platformGroup).toEqual(['S0A', 'S0B']);
    expect(aPolicy('rules: []\nowners: { platformGroup: S0PLATFORM }').owners.platformGroup).toEqual(['S0PLATFORM']);
    expect(aPolicy('rules: []').owners.platformGroup).toEqual([]);
  });
});
