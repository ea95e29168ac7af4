import { describe, expect, test } from 'vitest';
import { parsePolicy, parsePolicyObject, problemText } from '../../src/policy/parse.ts';
import { DAY } from '../builders/account.ts';
import { problemsOf } from '../builders/problems.ts';

const CONTRACT = `
version: 1
protect:
  tags: { Keep: "true", "Compliance*": "*" }
  images: [ami-0abc0abc]
references:
  launchTemplateVersions: { newest: 3 }
  sharedImages: evaluate
  ssmParameters: ["/golden/*"]
  documents: ["s3://runbooks/prod", runbook.md]
  off: [ec2-fleets]
rules:
  - name: golden images
    select: { tags: { Family: "*", Old: { absent: true } }, name: "webapp-*", architecture: [arm64, "x86*"], olderThan: 1d }
    groupBy: ["tag:Family", architecture, "name:{*}-x"]
    keep: { newest: 3, youngerThan: 60d, launchedWithin: 90d, copiesOfKept: true }
    deprecate: {}
    disable: { after: 14d }
    deregister: { after: 30d, notice: 1w }
    snapshots: delete
  - name: scratch images expire
    select: { description: d, platform: p, rootDeviceType: r, state: s, youngerThan: 2y }
    expire: { tag: ExpiresOn }
orphanSnapshots: { deleteAfter: 30d }
limits: { perRun: 0, stopAbove: 12.5% }
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform-images" } }
owners: { tag: Team, fallback: "#platform-images", aliases: { "webapp-team@example.com": "#webapp" } }
`;

test('reads the whole language', () => {
  const days = (text: string, count: number) => ({ text, milliseconds: count * DAY });
  expect(parsePolicy(CONTRACT, 'p.yml')).toStrictEqual({
    ok: true,
    policy: {
      version: 1,
      protect: {
        tags: [
          { key: 'Keep', value: 'true' },
          { key: 'Compliance*', value: '*' },
        ],
        images: ['ami-0abc0abc'],
      },
      references: {
        launchTemplateVersions: { kind: 'newest', newest: 3 },
        sharedImages: 'evaluate',
        ssmParameters: ['/golden/*'],
        documents: ['s3://runbooks/prod', 'runbook.md'],
        off: ['ec2-fleets'],
      },
      rules: [
        {
          kind: 'retention',
          name: 'golden images',
          select: {
            tags: [
              { key: 'Family', value: '*' },
              { key: 'Old', value: { absent: true } },
            ],
            name: ['webapp-*'],
            architecture: ['arm64', 'x86*'],
            olderThan: days('1d', 1),
          },
          groupBy: [{ kind: 'tag', key: 'Family' }, { kind: 'architecture' }, { kind: 'name', pattern: '{*}-x' }],
          keep: { newest: 3, youngerThan: days('60d', 60), launchedWithin: days('90d', 90), copiesOfKept: true },
          deprecate: true,
          disable: { after: days('14d', 14) },
          deregister: { after: days('30d', 30), notice: days('1w', 7) },
          snapshots: 'delete',
        },
        {
          kind: 'expiry',
          name: 'scratch images expire',
          select: {
            tags: [],
            description: ['d'],
            platform: ['p'],
            rootDeviceType: ['r'],
            state: ['s'],
            youngerThan: days('2y', 730),
          },
          expireTag: 'ExpiresOn',
          deprecate: false,
          snapshots: 'delete',
        },
      ],
      orphanSnapshots: { deleteAfter: days('30d', 30) },
      limits: { perRun: 0, stopAbovePercent: 12.5 },
      notify: {
        slack: { token: 'ssm:/ami-janitor/slack-token', channel: '#platform-images' },
        remindBefore: days('3d', 3),
        tellOwnersOnDryRun: false,
      },
      owners: {
        tag: 'Team',
        fallback: '#platform-images',
        aliases: { 'webapp-team@example.com': '#webapp' },
        platformGroup: [],
      },
    },
  });
});

test('fills in what is left out, on the safe side', () => {
  expect(parsePolicy('version: 1\nrules: []', 'p.yml')).toStrictEqual({
    ok: true,
    policy: {
      version: 1,
      protect: { tags: [], images: [] },
      references: {
        launchTemplateVersions: { kind: 'in-use' },
        sharedImages: 'keep',
        ssmParameters: [],
        documents: [],
        off: [],
      },
      rules: [],
      limits: { perRun: 50, stopAbovePercent: 25 },
      owners: { tag: 'Owner', aliases: {}, platformGroup: [] },
    },
  });
});

test('an object says the same as the text', () => {
  const object = { version: 1, rules: [{ name: 'r', select: {}, keep: { newest: 2 } }] };
  expect(parsePolicyObject(object, 'event')).toEqual(parsePolicy(JSON.stringify(object), 'p.yml'));
  expect(parsePolicyObject(object, 'event')).toMatchObject({
    ok: true,
    policy: { rules: [{ kind: 'retention', groupBy: [], keep: { newest: 2, copiesOfKept: false }, deprecate: false }] },
  });
});

test.each(['in-use', 'all'])('launchTemplateVersions: %s', (kind) => {
  expect(parsePolicy(`version: 1\nrules: []\nreferences: { launchTemplateVersions: ${kind} }`, 'p')).toMatchObject({
    policy: { references: { launchTemplateVersions: { kind } } },
  });
});

test.each([
  ['{ slack: { webhook: "ssm:hook" } }', { slack: { webhook: 'ssm:hook' } }],
  [
    '{ slack: { token: "ssm:t", channel: "#x", signingSecret: "ssm:s" } }',
    { slack: { token: 'ssm:t', channel: '#x', signingSecret: 'ssm:s' } },
  ],
  [
    '{ sns: { topicArn: "arn:aws:sns:eu-west-1:123456789012:images" } }',
    { sns: { topicArn: 'arn:aws:sns:eu-west-1:123456789012:images' } },
  ],
])('notify: %s', (notify, expected) => {
  const parsed = parsePolicy(`version: 1\nrules: []\nnotify: ${notify}`, 'p');
  expect(parsed.ok && parsed.policy.notify).toStrictEqual({
    ...expected,
    remindBefore: { text: '3d', milliseconds: 3 * DAY },
    tellOwnersOnDryRun: false,
  });
});

test('a rule has no more than its file says', () => {
  const [expiry, retention] = oneOfEach();
  expect(expiry).toStrictEqual({
    kind: 'expiry',
    name: 'e',
    select: { tags: [] },
    expireTag: 'E',
    deprecate: false,
    snapshots: 'delete',
  });
  expect(retention).toStrictEqual({
    kind: 'retention',
    name: 'r',
    select: { tags: [] },
    groupBy: [],
    keep: { youngerThan: { text: '1d', milliseconds: DAY }, copiesOfKept: false },
    deprecate: true,
    snapshots: 'delete',
  });
});

function oneOfEach(): readonly unknown[] {
  const text =
    'rules: [{ name: e, select: {}, expire: { tag: E } }, { name: r, select: {}, keep: { youngerThan: 1d }, deprecate: {} }]';
  const parsed = parsePolicy(`version: 1\n${text}`, 'p');
  return parsed.ok ? parsed.policy.rules : [];
}

test('a webhook needs no channel', () => {
  expect(problemsOf('version: 1\nrules: []\nnotify: { slack: { webhook: "secretsmanager:hook" } }')).toEqual([]);
});

describe('objects', () => {
  test.each([
    [null, 'event: the policy must be a mapping, and is empty'],
    [undefined, 'event: the policy is missing'],
    [[], 'event: the policy must be a mapping'],
    [{ version: 1, rules: [{}] }, 'event: rules[0].name: is missing'],
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
