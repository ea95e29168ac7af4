import { describe, expect, test } from 'vitest';
import { parsePolicy, parsePolicyObject, problemText } from '../../src/policy/parse.ts';
import { DAY } from '../builders/account.ts';

function problemsOf(text: string): string[] {
  const parsed = parsePolicy(text, 'p.yml');
  return parsed.ok ? [] : parsed.problems.map(problemText);
}

/** The problems of one rule that is valid but for some keys. */
function problemsOfRule(keys: string): string[] {
  return problemsOf(`version: 1\nrules:\n- { name: r, select: {}, ${keys} }\n`);
}

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
  expect(parsePolicy(CONTRACT, 'p.yml')).toEqual({
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
  expect(parsePolicy('version: 1\nrules: []', 'p.yml')).toEqual({
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

test('a webhook needs no channel', () => {
  expect(problemsOf('version: 1\nrules: []\nnotify: { slack: { webhook: "secretsmanager:hook" } }')).toEqual([]);
});

describe('unknown keys and words come with their place and the nearest known one', () => {
  test.each([
    [
      'versoin: 1\nrules: []',
      ['p.yml:1:1: version: is missing', 'p.yml:1:1: versoin: unknown key "versoin"; did you mean "version"?'],
    ],
    [
      'version: 1\nrulez: []',
      ['p.yml:1:1: rules: is missing', 'p.yml:2:1: rulez: unknown key "rulez"; did you mean "rules"?'],
    ],
    [
      'version: 1\nrules: []\nlimits: {\n  perrun: 3 }',
      ['p.yml:4:3: limits.perrun: unknown key "perrun"; did you mean "perRun"?'],
    ],
    ['version: 1\nrules: []\nzzzzzzzzzz: 1', ['p.yml:3:1: zzzzzzzzzz: unknown key "zzzzzzzzzz"']],
    [
      'version: 1\nrules: []\nnotify: { slak: {} }',
      [
        'p.yml:3:9: notify: needs either slack or sns',
        'p.yml:3:11: notify.slak: unknown key "slak"; did you mean "slack"?',
      ],
    ],
    ['version: 2\nrules: []', ['p.yml:1:10: version: must be 1']],
    ['version: "1"\nrules: []', ['p.yml:1:10: version: must be 1, without quotes']],
    ['version: 1\nrules: {}', ['p.yml:2:8: rules: must be a list']],
    [
      'version: 1\nrules: []\nreferences: { sharedImages: keeep }',
      ['p.yml:3:29: references.sharedImages: must be one of keep, evaluate; did you mean "keep"?'],
    ],
    [
      'version: 1\nrules: []\nreferences: { launchTemplateVersions: { newst: 3 } }',
      [
        'p.yml:3:39: references.launchTemplateVersions.newest: is missing',
        'p.yml:3:41: references.launchTemplateVersions.newst: unknown key "newst"; did you mean "newest"?',
      ],
    ],
    [
      'version: 1\nrules: []\nreferences: { launchTemplateVersions: 3 }',
      ['p.yml:3:39: references.launchTemplateVersions: must be one of in-use, all or a mapping'],
    ],
    [
      'version: 1\nrules: []\nreferences: { off: [spot-fleet] }',
      [expect.stringContaining('; did you mean "spot-fleets"?')],
    ],
    [
      'version: 1\nrules: []\nprotect: { images: [i-123] }',
      ['p.yml:3:21: protect.images[0]: must be an AMI id: ami- and 8 or 17 hex digits'],
    ],
    [
      'version: 1\nrules: []\nprotect: { tags: { Keep: true } }',
      ['p.yml:3:26: protect.tags.Keep: must be text: write "true" in quotes'],
    ],
    [
      'version: 1\nrules: []\nprotect: { tags: { Keep: } }',
      ['p.yml:3:26: protect.tags.Keep: must be text, and is empty'],
    ],
    ['version: 1\nrules: []\nprotect: { tags: { "": x } }', ['p.yml:3:20: protect.tags[""]: must not be empty']],
    [
      'version: 1\nrules: []\nlimits: { perRun: -1, stopAbove: 101% }',
      [
        'p.yml:3:19: limits.perRun: must be at least 0',
        'p.yml:3:34: limits.stopAbove: must be a percentage from 0% to 100%, such as 25%',
      ],
    ],
    [
      'version: 1\nrules: []\nlimits: { perRun: 1.5, stopAbove: 25 }',
      [
        'p.yml:3:19: limits.perRun: must be a whole number',
        'p.yml:3:35: limits.stopAbove: must be a percentage, such as 25%; did you mean "25%"?',
      ],
    ],
    ['version: 1\nrules: []\nlimits: { perRun: 1e9 }', ['p.yml:3:19: limits.perRun: must be at most 1000000']],
    ['version: 1\nrules: []\nowners: { tag: "" }', ['p.yml:3:16: owners.tag: must not be empty']],
    [
      'version: 1\nrules: []\norphanSnapshots: { deleteAfter: 101y }',
      ['p.yml:3:33: orphanSnapshots.deleteAfter: must not be longer than 100 years'],
    ],
    ['[]', ['p.yml:1:1: the policy must be a mapping']],
    ['policy', ['p.yml:1:1: the policy must be a mapping']],
  ])('%j', (text, expected) => expect(problemsOf(text)).toEqual(expected));
});

describe('rules that would surprise are refused', () => {
  test.each([
    ['deprecate: {}', ['p.yml:3:3: rules[0]: needs keep or expire: without either it would keep nothing']],
    [
      'keep: {}',
      ['p.yml:3:32: rules[0].keep: needs newest, youngerThan or launchedWithin: without any it would keep nothing'],
    ],
    ['keep: { copiesOfKept: true }', [expect.stringContaining('needs newest, youngerThan or launchedWithin')]],
    ['keep: { newest: 0 }', ['p.yml:3:42: rules[0].keep.newest: must be at least 1']],
    [
      'keep: { youngerThan: 0d }',
      ['p.yml:3:47: rules[0].keep.youngerThan: must be longer than zero: this would keep nothing'],
    ],
    [
      'keep: { launchedWithin: 0w }',
      ['p.yml:3:50: rules[0].keep.launchedWithin: must be longer than zero: this would keep nothing'],
    ],
    [
      'keep: { youngerThan: 30 }',
      ['p.yml:3:47: rules[0].keep.youngerThan: must be a duration, such as 30d; did you mean "30d"?'],
    ],
    [
      'keep: { youngerThan: 30 days }',
      [
        expect.stringMatching(
          /^p.yml:3:47: .*must be a duration: a whole number with m \(minutes\), h, d, w or y, such as 30d; did you mean "30d"\?$/,
        ),
      ],
    ],
    ['keep: { youngerThan: 3 months }', [expect.not.stringContaining('did you mean')]],
    ['keep: { newest: 1 }, expire: { tag: x }', [expect.stringContaining('expire: cannot stand beside keep')]],
    ['groupBy: ["tag:x"], expire: { tag: x }', [expect.stringContaining('groupBy: has no meaning beside expire')]],
    [
      'keep: { newest: 1 }, deregister: { after: 1d }',
      [expect.stringContaining('rules[0].deregister: needs deprecate: {} beside it')],
    ],
    [
      'keep: { newest: 1 }, disable: { after: 1d }',
      [expect.stringContaining('rules[0].disable: needs deprecate: {} beside it')],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, disable: { after: 2d }, deregister: { after: 47h }',
      [expect.stringContaining('rules[0].deregister.after: must not be shorter than disable.after')],
    ],
    [
      'keep: { newest: 1 }, deprecate: { after: 1d }',
      [expect.stringContaining('rules[0].deprecate.after: unknown key "after"')],
    ],
    ['keep: { newest: 1 }, deprecate: true', [expect.stringContaining('rules[0].deprecate: must be a mapping')]],
    [
      'keep: { newest: 1 }, snapshots: deleted',
      [expect.stringContaining('must be one of delete, keep; did you mean "delete"?')],
    ],
    [
      'keep: { newest: 1 }, groupBy: [arch]',
      [
        expect.stringContaining(
          'rules[0].groupBy[0]: must be tag:KEY, name:PATTERN or architecture; did you mean "architecture"?',
        ),
      ],
    ],
    ['keep: { newest: 1 }, groupBy: [Family]', [expect.stringContaining('did you mean "tag:Family"?')]],
    ['keep: { newest: 1 }, groupBy: ["tags:Family"]', [expect.stringContaining('did you mean "tag:Family"?')]],
    ['keep: { newest: 1 }, groupBy: ["tag:"]', [expect.stringContaining('must be tag:KEY')]],
    ['keep: { newest: 1 }, groupBy: ["name:x-*"]', [expect.stringContaining('needs exactly one {…} part')]],
    ['expire: { tag: x }, keap: {}', [expect.stringContaining('did you mean "keep"?')]],
  ])('%s', (keys, expected) => expect(problemsOfRule(keys)).toEqual(expected));

  test.each([
    ['without select', '{ name: r, keep: { newest: 1 } }', 'rules[0].select: is missing'],
    ['without a name', '{ select: {}, keep: { newest: 1 } }', 'rules[0].name: is missing'],
    [
      'with an empty glob',
      '{ name: r, select: { name: "" }, keep: { newest: 1 } }',
      'rules[0].select.name: must not be empty',
    ],
    [
      'with an empty list',
      '{ name: r, select: { name: [] }, keep: { newest: 1 } }',
      'rules[0].select.name: must not be empty',
    ],
    [
      'with a number as glob',
      '{ name: r, select: { name: 3 }, keep: { newest: 1 } }',
      'rules[0].select.name: must be text or a list: write "3" in quotes',
    ],
    [
      'with a lone backslash',
      "{ name: r, select: { name: 'a\\' }, keep: { newest: 1 } }",
      'rules[0].select.name: ends in a lone backslash',
    ],
    [
      'with absent: false',
      '{ name: r, select: { tags: { A: { absent: false } } }, keep: { newest: 1 } }',
      'rules[0].select.tags.A.absent: must be true',
    ],
    [
      'with a misspelt absent',
      '{ name: r, select: { tags: { A: { absnt: true } } }, keep: { newest: 1 } }',
      'unknown key "absnt"; did you mean "absent"?',
    ],
    [
      'with a long name',
      `{ name: ${'r'.repeat(256)}, select: {}, keep: { newest: 1 } }`,
      'rules[0].name: must not be longer than 255 characters',
    ],
  ])('%s', (_, rule, expected) => {
    expect(problemsOf(`version: 1\nrules: [${rule}]`).join('\n')).toContain(expected);
  });

  test('two rules of one name', () => {
    const rule = '{ name: r, select: {}, keep: { newest: 1 } }';
    expect(problemsOf(`version: 1\nrules:\n- ${rule}\n- ${rule}`)).toEqual([
      'p.yml:4:11: rules[1].name: is the name of an earlier rule',
    ]);
  });

  test('equal times of disable and deregister are fine', () => {
    expect(
      problemsOfRule('keep: { newest: 1 }, deprecate: {}, disable: { after: 2d }, deregister: { after: 48h }'),
    ).toEqual([]);
  });
});

describe('credentials', () => {
  test.each([
    [
      '{ token: "xoxb-1-secret", channel: "#x" }',
      'notify.slack.token: must say where the secret lies: ssm:NAME or secretsmanager:NAME',
    ],
    [
      '{ webhook: "https://hooks.slack.com/services/T/B/secret" }',
      'notify.slack.webhook: must say where the secret lies',
    ],
    ['{ token: "ssm:t" }', 'notify.slack: needs channel beside token'],
    ['{ token: "ssm:t", webhook: "ssm:w", channel: "#x" }', 'notify.slack: needs either token or webhook'],
    ['{ channel: "#x" }', 'notify.slack: needs either token or webhook'],
  ])('%s', (slack, expected) => {
    const problems = problemsOf(`version: 1\nrules: []\nnotify: { slack: ${slack} }`).join('\n');
    expect(problems).toContain(expected);
    expect(problems).not.toContain('secret"');
    expect(problems).not.toContain('xoxb');
  });
});

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
