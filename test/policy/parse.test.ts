import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/language/parse.ts';
import { DAY } from '../builders/account.ts';
import { problemsOf } from '../builders/problems.ts';

const CONTRACT = `
version: 1
protect:
  tags: { Keep: ["true", "yes"], "Compliance*": "*" }
  images: [ami-0abc0abc]
  names: "golden-*"
  accounts: ["111122223333"]
  regions: [us-gov-west-1]
  inUse: true
references:
  launchTemplateVersions: { newest: 3 }
  sharedImages: evaluate
  ssmParameters: ["/golden/*", { name: "/packer/*", mayBeEmpty: true }]
  documents: ["s3://runbooks/prod", { path: runbook.md, mayBeEmpty: true }, { path: "s3://more/" }]
  lookups:
    - { name: web base, images: { owner: self, name: "web-*", tags: { Env: [prod, staging] }, architecture: arm64 } }
    - { name: api, images: { virtualizationType: [hvm], description: d, rootDeviceType: ebs }, take: all, mayBeEmpty: true }
  byName: { schedules: ["default/*", { name: "dr/*", mayBeEmpty: true }, { name: "eu/*" }] }
  off: [ec2-fleets]
rules:
  - name: golden images
    select: { tags: { Family: "*", Old: { absent: true } }, name: "webapp-*", architecture: [arm64, "x86*"], olderThan: 1d }
    groupBy: ["tag:Family", architecture, "name:{*}-x"]
    keep: { newest: 3, youngerThan: 60d, launchedWithin: 90d, copiesOfKept: true, ancestorsOfKept: true }
    deprecate: {}
    disable: { after: 14d }
    deregister: { after: 30d, notice: 1w }
    snapshots: delete
  - name: scratch images expire
    select: { description: d, platform: p, rootDeviceType: r, state: s, youngerThan: 2y }
    expire: { tag: ExpiresOn }
  - name: ttl
    select: { tags: { Environment: [dev, "sand*"] }, sourceImage: ami-0abc0abc, severity: [CRITICAL, high], watermark: "*:golden", accounts: ["111122223333"], regions: [eu-west-1], not: { name: "*-golden", tags: { A: b } } }
    expire: { tag: TTL, as: age }
  - name: always
    select: {}
    keep: always
orphanSnapshots: { deleteAfter: 30d }
undo: none
limits: { perRun: 0, stopAbove: 12.5% }
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform-images" } }
owners: { tag: Team, fallback: "#platform-images", aliases: { "webapp-team@example.com": "#webapp" } }
`;

test('reads the whole language', () => {
  const days = (text: string, count: number) => ({ text, milliseconds: count * DAY });
  expect(parsePolicy(CONTRACT, 'p.yml')).toStrictEqual({
    ok: true,
    file: parse(CONTRACT),
    policy: {
      version: 1,
      protect: {
        tags: [
          { key: 'Keep', value: 'true' },
          { key: 'Keep', value: 'yes' },
          { key: 'Compliance*', value: '*' },
        ],
        images: ['ami-0abc0abc'],
        names: ['golden-*'],
        accounts: ['111122223333'],
        regions: ['us-gov-west-1'],
        inUse: true,
      },
      references: {
        launchTemplateVersions: { kind: 'newest', newest: 3 },
        sharedImages: 'evaluate',
        ssmParameters: [
          { pattern: '/golden/*', mayBeEmpty: false },
          { pattern: '/packer/*', mayBeEmpty: true },
        ],
        documents: [
          { pattern: 's3://runbooks/prod', mayBeEmpty: false },
          { pattern: 'runbook.md', mayBeEmpty: true },
          { pattern: 's3://more/', mayBeEmpty: false },
        ],
        lookups: [
          {
            name: 'web base',
            images: {
              owner: ['self'],
              name: ['web-*'],
              architecture: ['arm64'],
              tags: [{ key: 'Env', value: ['prod', 'staging'] }],
            },
            take: 'newest',
            mayBeEmpty: false,
          },
          {
            name: 'api',
            images: { virtualizationType: ['hvm'], description: ['d'], rootDeviceType: ['ebs'], tags: [] },
            take: 'all',
            mayBeEmpty: true,
          },
        ],
        byName: {
          schedules: [
            { pattern: 'default/*', mayBeEmpty: false },
            { pattern: 'dr/*', mayBeEmpty: true },
            { pattern: 'eu/*', mayBeEmpty: false },
          ],
        },
        off: ['ec2-fleets'],
      },
      rules: [
        {
          kind: 'retention',
          name: 'golden images',
          select: {
            tags: [
              { key: 'Family', value: ['*'] },
              { key: 'Old', value: { absent: true } },
            ],
            name: ['webapp-*'],
            architecture: ['arm64', 'x86*'],
            olderThan: days('1d', 1),
          },
          groupBy: [{ kind: 'tag', key: 'Family' }, { kind: 'architecture' }, { kind: 'name', pattern: '{*}-x' }],
          keep: {
            newest: { count: 3 },
            youngerThan: days('60d', 60),
            launchedWithin: days('90d', 90),
            copiesOfKept: true,
            ancestorsOfKept: true,
          },
          deprecate: true,
          disable: { after: days('14d', 14), notice: days('7d', 7) },
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
          expireAs: 'date',
          deprecate: false,
          snapshots: 'delete',
        },
        {
          kind: 'expiry',
          name: 'ttl',
          select: {
            tags: [{ key: 'Environment', value: ['dev', 'sand*'] }],
            sourceImage: ['ami-0abc0abc'],
            severity: ['critical', 'high'],
            watermark: ['*:golden'],
            accounts: ['111122223333'],
            regions: ['eu-west-1'],
            not: { tags: [{ key: 'A', value: ['b'] }], name: ['*-golden'] },
          },
          expireTag: 'TTL',
          expireAs: 'age',
          deprecate: false,
          snapshots: 'delete',
        },
        { kind: 'permanent', name: 'always', select: { tags: [] }, deprecate: false, snapshots: 'delete' },
      ],
      orphanSnapshots: { deleteAfter: days('30d', 30) },
      undo: 'none',
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
    file: { version: 1, rules: [] },
    policy: {
      version: 1,
      protect: { tags: [], images: [], names: [], accounts: [], regions: [], inUse: false },
      references: {
        launchTemplateVersions: { kind: 'in-use' },
        sharedImages: 'keep',
        ssmParameters: [],
        documents: [],
        lookups: [],
        byName: {},
        off: [],
      },
      rules: [],
      undo: 'recycle-bin',
      limits: { perRun: 50, stopAbovePercent: 25 },
      owners: { tag: 'Owner', aliases: {}, platformGroup: [] },
    },
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
    expireAs: 'date',
    deprecate: false,
    snapshots: 'delete',
  });
  expect(retention).toStrictEqual({
    kind: 'retention',
    name: 'r',
    select: { tags: [] },
    groupBy: [],
    keep: { youngerThan: { text: '1d', milliseconds: DAY }, copiesOfKept: false, ancestorsOfKept: false },
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

test.each([
  ['a webhook without a channel', 'notify: { slack: { webhook: "secretsmanager:hook" } }'],
  ['a publisher’s parameters', 'references: { ssmParameters: ["/aws/service/canonical/*"] }'],
  ['parameters of one’s own with a name like AWS’s', 'references: { ssmParameters: ["/my/aws/service/*"] }'],
])('%s is in order', (_, section) => {
  expect(problemsOf(`version: 1\nrules: []\n${section}`)).toEqual([]);
});

test('a problem has no more than is known of it', () => {
  expect(parsePolicy('version: 2\nrules: []\nzzzzzzzz: 1', 'p')).toStrictEqual({
    ok: false,
    problems: [
      { source: 'p', path: 'version', message: 'must be 1', line: 1, column: 10 },
      {
        source: 'p',
        path: 'zzzzzzzz',
        message: expect.stringContaining('unknown key "zzzzzzzz"; the keys here are version, '),
        line: 3,
        column: 1,
      },
    ],
  });
});
