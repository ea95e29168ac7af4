import { describe, expect, test } from 'vitest';
import { problemsOf } from '../builders/problems.ts';

const KEYS =
  'the keys here are version, targets, protect, references, rules, orphanSnapshots, sharedWithAccount, undo, limits, notify, owners';

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
    ['version: 1\nrules: []\nzzzzzzzzzz: 1', [`p.yml:3:1: zzzzzzzzzz: unknown key "zzzzzzzzzz"; ${KEYS}`]],
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
      'version: 1\nrules: []\nreferences: { documents: [{ path: "s3://a/", mayBeEmpty: "yes" }] }',
      ['p.yml:3:58: references.documents[0].mayBeEmpty: must be true or false'],
    ],
    [
      'version: 1\nrules: []\nreferences: { ssmParameters: [{ nmae: "/a/*" }] }',
      [
        'p.yml:3:31: references.ssmParameters[0].name: is missing',
        'p.yml:3:33: references.ssmParameters[0].nmae: unknown key "nmae"; did you mean "name"?',
      ],
    ],
    [
      'version: 1\nrules: []\nreferences: { byName: { state-machine: ["*"] } }',
      ['p.yml:3:25: references.byName.state-machine: unknown key "state-machine"; did you mean "state-machines"?'],
    ],
    [
      'version: 1\nrules: []\nreferences: { byName: { schedules: "*" } }',
      ['p.yml:3:36: references.byName.schedules: must be a list'],
    ],
    [
      'version: 1\nrules: []\nreferences: { ssmParameters: ["/aws/service/*/ami"] }',
      ['p.yml:3:31: references.ssmParameters[0]: must name whose public parameters: /aws/service/PUBLISHER/…'],
    ],
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
      'version: 1\nrules: []\nreferences: { launchTemplateVersions: in_use }',
      ['p.yml:3:39: references.launchTemplateVersions: must be one of in-use, all; did you mean "in-use"?'],
    ],
    [
      'version: 1\nrules: []\nreferences: { sharedImages: 5 }',
      ['p.yml:3:29: references.sharedImages: must be one of keep, evaluate'],
    ],
    ['version: 1\nrules: []\nundo: no', ['p.yml:3:7: undo: must be one of recycle-bin, none; did you mean "none"?']],
    ['version: 1\nrules: []\nundo: true', ['p.yml:3:7: undo: must be one of recycle-bin, none']],
    ['version: 1\nrules: []\nundo: { after: 3d }', ['p.yml:3:7: undo: must be one of recycle-bin, none']],
    ['version: 1\nrules: []\nprotect: { tags: { Keep: [] } }', ['p.yml:3:26: protect.tags.Keep: must not be empty']],
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
      ['p.yml:3:26: protect.tags.Keep: must be text or a list: write "true" in quotes'],
    ],
    [
      'version: 1\nrules: []\nprotect: { tags: { Keep: } }',
      ['p.yml:3:26: protect.tags.Keep: must be text or a list, and is empty'],
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
    ['version: 1\nrules: []\nlimits: { perRun: 1e99 }', ['p.yml:3:19: limits.perRun: must be at most 1000000']],
    ['version: 1\nrules: []\nlimits: { perRun: -1e99 }', ['p.yml:3:19: limits.perRun: must be at least 0']],
    ['version: 1\nrules: []\nowners: { tag: "" }', ['p.yml:3:16: owners.tag: must not be empty']],
    [
      'version: 1\nrules: []\norphanSnapshots: { deleteAfter: 101y }',
      ['p.yml:3:33: orphanSnapshots.deleteAfter: must not be longer than 100 years'],
    ],
    ['[]', ['p.yml:1:1: the policy must be a mapping']],
    ['policy', ['p.yml:1:1: the policy must be a mapping']],
  ])('%j', (text, expected) => expect(problemsOf(text)).toEqual(expected));
});

describe('no more and no less than the whole word counts', () => {
  const targets = (rest: string) => `targets: { accounts: ["123456789012"], ${rest} }`;

  test.each([
    ['limits: { perRun: a lot }', 'limits.perRun: must be a number'],
    ['notify: { sns: x, tellOwnersOnDryRun: maybe }', 'notify.tellOwnersOnDryRun: must be true or false'],
    ['protect: { tags: [] }', 'protect.tags: must be a mapping'],
    [targets('regions: [xeu-west-1]'), 'targets.regions[0]: must be a Region such as eu-west-1'],
    [targets('regions: [eu-west-1a]'), 'targets.regions[0]: must be a Region such as eu-west-1'],
    [targets('regions: xenabled'), 'targets.regions: must be enabled, or a list such as [eu-west-1]'],
    [targets('regions: enabledx'), 'targets.regions: must be enabled, or a list such as [eu-west-1]'],
    [targets('organizationalUnits: [x-ou-ab12-11111111]'), 'must be the id of an organizational unit or a root'],
    [targets('organizationalUnits: [r-ab12!]'), 'must be the id of an organizational unit or a root'],
    ['notify: { sns: { topicArn: "xarn:aws:sns:eu-west-1:123456789012:t" } }', 'must be the ARN of an SNS topic'],
    ['notify: { sns: { topicArn: "arn:aws:sns:eu-west-1:123456789012:t!" } }', 'must be the ARN of an SNS topic'],
  ])('%s', (yaml, expected) => {
    expect(problemsOf(`version: 1\nrules: []\n${yaml}`)).toContainEqual(expect.stringContaining(expected));
  });
});

describe('limits.stopAbove', () => {
  const problems = (percent: string) => problemsOf(`version: 1\nrules: []\nlimits: { stopAbove: "${percent}" }`);

  test.each(['0%', '5%', '99%', '12.5%', '12.125%', '100%', '100.0%', '100.000%'])('can be %s', (percent) => {
    expect(problems(percent)).toEqual([]);
  });

  test.each(['25.', 'x25%', '25%x', '101%', '100.5%', '1.2345%', '-1%', '%', '١٢%'])('can not be %s', (percent) => {
    expect(problems(percent)).toEqual([
      expect.stringContaining('limits.stopAbove: must be a percentage from 0% to 100%, such as 25%'),
    ]);
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
    ['{ token: "ssm:t u", channel: "#x" }', 'notify.slack.token: must say where the secret lies'],
    ['{ token: "x-ssm:t", channel: "#x" }', 'notify.slack.token: must say where the secret lies'],
    ['{ token: "ssm:", channel: "#x" }', 'notify.slack.token: must say where the secret lies'],
    ['{ token: "ssm:t" }', 'notify.slack: needs channel beside token'],
    [
      '{ webhook: "ssm:w", signingSecret: "ssm:s" }',
      'notify.slack.signingSecret: needs token: who pressed a button is looked up with it',
    ],
    ['{ token: "ssm:t", webhook: "ssm:w", channel: "#x" }', 'notify.slack: needs either token or webhook'],
    ['{ channel: "#x" }', 'notify.slack: needs either token or webhook'],
  ])('%s', (slack, expected) => {
    const problems = problemsOf(`version: 1\nrules: []\nnotify: { slack: ${slack} }`).join('\n');
    expect(problems).toContain(expected);
    expect(problems).not.toContain('secret"');
    expect(problems).not.toContain('xoxb');
  });
});
