import { describe, expect, test } from 'vitest';
import { problemsOf, problemsOfRule } from '../builders/problems.ts';

describe('rules that would surprise are refused', () => {
  test.each([
    ['deprecate: {}', ['p.yml:3:3: rules[0]: needs keep or expire: without either it would keep nothing']],
    [
      'keep: {}',
      ['p.yml:3:32: rules[0].keep: needs newest, youngerThan or launchedWithin: without any it would keep nothing'],
    ],
    ['keep: { copiesOfKept: true }', [expect.stringContaining('needs newest, youngerThan or launchedWithin')]],
    [
      'keep: { newest: 1 }, deprecate: {}, archive: { after: 30d }',
      [
        'p.yml:3:71: rules[0].archive: needs disable beside it: EC2 archives only the snapshots of images that are disabled',
      ],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, disable: { after: 14d }, archive: { after: 13d }',
      ['p.yml:3:105: rules[0].archive.after: must not be shorter than disable.after'],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, disable: { after: 14d }, archive: { after: 30d }, deregister: { after: 20d }',
      ['p.yml:3:133: rules[0].deregister.after: must not be shorter than archive.after'],
    ],
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
    ['keep: { youngerThan: 101y }', ['p.yml:3:47: rules[0].keep.youngerThan: must not be longer than 100 years']],
    ['keep: { youngerThan: true }', ['p.yml:3:47: rules[0].keep.youngerThan: must be a duration, such as 30d']],
    [
      'keep: { youngerThan: }',
      ['p.yml:3:47: rules[0].keep.youngerThan: must be a duration, such as 30d, and is empty'],
    ],
    [
      'keep: { youngerThan: 30 days }',
      [
        expect.stringMatching(
          /^p.yml:3:47: .*must be a duration: a whole number with min, h, d, w, mo \(30 days\) or y, such as 30d; did you mean "30d"\?$/,
        ),
      ],
    ],
    ['keep: { youngerThan: 30days }', [expect.stringContaining('must be a duration: a whole number with min')]],
    ['keep: { youngerThan: x30d }', [expect.stringContaining('must be a duration: a whole number with min')]],
    ['keep: { youngerThan: 3 months }', [expect.stringContaining('did you mean "3mo"?')]],
    [
      'keep: { youngerThan: 6m }',
      [
        'p.yml:3:47: rules[0].keep.youngerThan: must say whether m is minutes or months: write 6min or 6mo (a month is 30 days)',
      ],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, disable: { after: 1 M }',
      [expect.stringMatching(/disable.after: must say whether m is minutes or months: write 1min or 1mo [^?]*$/)],
    ],
    ['keep: { youngerThan: " 30m " }', [expect.stringContaining('write 30min or 30mo')]],
    ['keep: { youngerThan: x6m }', [expect.stringContaining('must be a duration: a whole number')]],
    ['keep: { youngerThan: 6mm }', [expect.stringContaining('must be a duration: a whole number')]],
    ['keep: alwys', ['p.yml:3:32: rules[0].keep: must be always']],
    ['keep: always, deprecate: {}', ['p.yml:3:51: rules[0].deprecate: has no meaning beside keep: always']],
    ['keep: always, public: true', ['p.yml:3:48: rules[0].public: has no meaning beside keep: always']],
    ['keep: { newest: 1 }, deprecate: {}, public: false', ['p.yml:3:70: rules[0].public: must be true']],
    [
      'keep: { newest: 1 }, public: true',
      ['p.yml:3:55: rules[0].public: needs deprecate: {} beside it: lookups move on first'],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, disable: { after: 1d }, public: true',
      [
        'p.yml:3:71: rules[0].disable: cannot stand beside public: disabling makes an image private, and nothing undoes that',
      ],
    ],
    [
      'keep: { newest: 1 }, deprecate: {}, deregister: { after: 89d, notice: 2mo }, public: true',
      [
        'p.yml:3:83: rules[0].deregister.after: must be at least 90d beside public: true',
        'p.yml:3:96: rules[0].deregister.notice: must be at least 90d beside public: true',
      ],
    ],
    ['keep: always, expire: { tag: x }', [expect.stringContaining('expire: cannot stand beside keep')]],
    ['keep: { newest: { youngerThan: 1y } }', [expect.stringContaining('rules[0].keep.newest.count: is missing')]],
    ['keep: { newest: { count: 5, youngerThan: 365 } }', [expect.stringContaining('did you mean "365d"?')]],
    ['expire: { tag: x, as: days }', [expect.stringContaining('rules[0].expire.as: must be one of date, age')]],
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
    ['keep: { newest: 1 }, groupBy: ["name:x-*"]', [expect.stringContaining('needs exactly one {…} part')]],
    ['expire: { tag: x }, keap: {}', [expect.stringContaining('did you mean "keep"?')]],
  ])('%s', (keys, expected) => expect(problemsOfRule(keys)).toEqual(expected));

  test.each([
    ['tag:', 'tag:KEY'],
    ['tag.Family', 'tag:Family'],
    ['tagFamily', 'tag:Family'],
    ['mytags', 'tag:mytags'],
    ['search', 'tag:search'],
    ['Archs', 'architecture'],
  ])('groupBy: %s, with what was meant', (key, nearest) => {
    expect(problemsOfRule(`keep: { newest: 1 }, groupBy: ["${key}"]`)).toEqual([
      `p.yml:3:57: rules[0].groupBy[0]: must be tag:KEY, name:PATTERN or architecture; did you mean "${nearest}"?`,
    ]);
  });

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
      'with an empty not',
      '{ name: r, select: { not: {} }, keep: { newest: 1 } }',
      'rules[0].select.not: needs a condition: {} would leave out every image',
    ],
    [
      'with a not in a not',
      '{ name: r, select: { not: { not: { name: x } } }, keep: { newest: 1 } }',
      'rules[0].select.not.not: unknown key "not"',
    ],
    [
      'with an account that is a number',
      '{ name: r, select: { accounts: [111122223333] }, keep: { newest: 1 } }',
      'rules[0].select.accounts[0]: must be text: write "111122223333" in quotes',
    ],
    [
      'with absent: false',
      '{ name: r, select: { tags: { A: { absent: false } } }, keep: { newest: 1 } }',
      'rules[0].select.tags.A.absent: must be true',
    ],
    [
      'with a misspelled absent',
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
