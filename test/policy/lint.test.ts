import { describe, expect, it, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import type { Policy } from '../../src/model/policy.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { isFor } from '../../src/policy/decision/select.ts';
import { accountFindings } from '../../src/policy/lint/account-findings.ts';
import { policyFindings, shadowOf } from '../../src/policy/lint/policy-findings.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, unreadable } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { aPolicy, oneRule, policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const KEEP = 'keep: { newest: 1 }, deprecate: {}';
const SAYS_NOTHING_ELSE = 'notify: { slack: { webhook: "ssm:hook" } }';

const findings = (policy: Policy, account: Account) =>
  accountFindings(account, policy, decideImages(account, policy, AT), AT);

function found(policy: Policy, account: Account): string[] {
  return findings(policy, account).map(({ sentence }) => sentence);
}

const of = (images: readonly Image[]) => anAccount({ images });
const some = (number: number, wish: (index: number) => Parameters<typeof anImage>[0]) =>
  Array.from({ length: number }, (_, index) => anImage({ number: index + 1, ...wish(index) }));
/** A rule that selects by something, before one that owns all the rest. */
const selecting = (select: string, rest = '') =>
  aPolicy(`rules: [{ name: mine, select: ${select}, ${KEEP} }, { name: rest, select: {}, ${KEEP} }]\n${rest}`);

const WEB = some(6, (index) => ({
  tags: {
    ...{ Environment: index < 4 ? 'prod' : 'dev', Build: `${index}`, Family: 'webapp', Owner: 'web' },
    ...(index === 0 && { Tier: 'web' }),
  },
  name: `webapp-${index}`,
}));

describe('a rule that matches nothing', () => {
  test.each([
    [
      '{ tags: { Enviroment: dev } }',
      'none carries the tag "Enviroment" (did you mean "Environment", which 6 images carry?)',
    ],
    [
      '{ tags: { environment: dev } }',
      'none carries the tag "environment" (did you mean "Environment", which 6 images carry?)',
    ],
    ['{ tags: { Env: dev } }', 'none carries the tag "Env" (did you mean "Environment", which 6 images carry?)'],
    ['{ tags: { CostCenter: "*" } }', 'none carries the tag "CostCenter"'],
    ['{ tags: { "Cost*": "*" } }', 'none carries the tag "Cost*"'],
    [
      '{ tags: { Environment: prd } }',
      'none has "prd" in the tag "Environment" (did you mean "prod", which 4 images have?)',
    ],
    ['{ tags: { Environment: "qa*" } }', 'none has "qa*" in the tag "Environment"'],
    ['{ tags: { Build: "x" } }', 'none has "x" in the tag "Build"'],
    ['{ tags: { Tier: webb } }', 'none has "webb" in the tag "Tier" (did you mean "web", which 1 image has?)'],
    ['{ tags: { Tierr: web } }', 'none carries the tag "Tierr" (did you mean "Tier", which 1 image carries?)'],
    [
      '{ tags: { EnvironmentName: "*" } }',
      'none carries the tag "EnvironmentName" (did you mean "Environment", which 6 images carry?)',
    ],
    ['{ tags: { En: "*" } }', 'none carries the tag "En"'],
    [
      '{ tags: { Environment: [zzzz, prd] } }',
      'none has "zzzz", "prd" in the tag "Environment" (did you mean "prod", which 4 images have?)',
    ],
    ['{ name: arm46 }', 'the name of none matches "arm46"'],
    ['{ olderThan: 30d, youngerThan: 200d, not: { name: x }, name: "api-*" }', 'the name of none matches "api-*"'],
    ['{ architecture: [zzzzzz, arm46] }', 'the architecture of none matches "zzzzzz", "arm46" (did you mean "arm64"?)'],
    ['{ name: webapp-9 }', 'the name of none matches "webapp-9"'],
    ['{ not: { architecture: arm64 } }', 'not leaves out all of them'],
    ['{ tags: { Owner: { absent: true } } }', 'every one carries the tag "Owner"'],
    ['{ name: ["wepapp-*", "api-*"] }', 'the name of none matches "wepapp-*", "api-*"'],
    ['{ architecture: arm46 }', 'the architecture of none matches "arm46" (did you mean "arm64"?)'],
    ['{ olderThan: 200d }', 'none is older than 200d'],
    ['{ youngerThan: 20d }', 'none is younger than 20d'],
    ['{ tags: { Environment: prod }, name: "*-5" }', 'some meet each of its conditions, and none meets all of them'],
    [
      '{ tags: { Familly: "*" }, name: "api-*" }',
      'none carries the tag "Familly" (did you mean "Family", which 6 images carry?); the name of none matches "api-*"',
    ],
  ])('says what of %s is met by none, and what was probably meant', (select, why) => {
    expect(found(selecting(select), of(WEB))).toEqual([`Rule "mine": it matches no image: ${why}.`]);
  });

  it('guesses no tag of AWS or of this tool, and no word that is far away', () => {
    const images = some(3, () => ({ tags: { 'ami-janitor:rule': 'x', 'aws:dlm:policy': 'x', Team: 'a' } }));
    const [sentence] = found(selecting('{ tags: { "ami-janitor:rul": "*" } }', 'owners: { tag: Team }'), of(images));
    expect(sentence).toBe('Rule "mine": it matches no image: none carries the tag "ami-janitor:rul".');
    for (const key of ['Tier', 'aws:dlm:polic']) {
      const select = `{ tags: { "${key}": "*" } }`;
      expect(found(selecting(select, 'owners: { tag: Team }'), of(images)).join()).not.toContain('did you');
    }
  });

  it.each([
    ['AX', undefined],
    ['Apq', 'App'],
    ['Pairoll', 'Payroll'],
    ['Ppyrlol', undefined],
    ['Caetgory', 'Category'],
    ['Pay', 'Payroll'],
  ])('forgives %s one slip in three letters, two in eight, none in two', (key, meant) => {
    const images = of(some(3, () => ({ tags: { AZ: 'a', App: 'a', Payroll: 'a', Category: 'a', Owner: 'a' } })));
    const hint = meant === undefined ? '' : ` (did you mean "${meant}", which 3 images carry?)`;
    expect(found(selecting(`{ tags: { "${key}": "*" } }`), images)).toEqual([
      `Rule "mine": it matches no image: none carries the tag "${key}"${hint}.`,
    ]);
  });

  it('is said neither of an account without images, nor where they could not be read, nor of one target among many', () => {
    const policy = selecting('{ tags: { Enviroment: dev } }');
    expect(found(policy, of([]))).toEqual([]);
    const inventory = anAccount().inventory.map((row) =>
      row.name === 'images' ? ({ ...row, status: 'unreadable', error: 'denied' } as const) : row,
    );
    expect(found(policy, anAccount({ images: WEB, inventory }))).toEqual([]);
    expect(found(policy, anAccount({ images: WEB, sources: unreadable('instances') }))).toHaveLength(1);
    const many = selecting('{ tags: { Enviroment: dev } }', 'targets: { accounts: ["111111111111"] }');
    expect(found(many, of(WEB))).toEqual([]);
    expect(found({ ...policy, references: { ...policy.references, isOneOfMany: true } }, of(WEB))).toEqual([]);
  });
});

describe('a shadowed rule', () => {
  it('is named with the rules that own what it selects', () => {
    const policy = aPolicy(`rules:
      - { name: web, select: { name: "webapp-*" }, ${KEEP} }
      - { name: dev, select: { tags: { Environment: dev } }, ${KEEP} }`);
    expect(found(policy, of(WEB))).toEqual([
      'Rule "dev": it does not own any of the 2 images that it selects; earlier rules do: "web" (2).',
    ]);
    expect(found(policy, of(WEB.slice(0, 5)))).toEqual([
      'Rule "dev": it does not own the one image that it selects; earlier rules do: "web" (1).',
    ]);
  });

  test.each([
    ['{}', '{ tags: { Environment: dev } }'],
    ['{ tags: { Environment: "*" } }', '{ tags: { Environment: dev }, name: x }'],
    ['{ tags: { Environment: dev } }', '{ tags: { Environment: dev } }'],
    ['{ tags: { Owner: { absent: true } } }', '{ tags: { Owner: { absent: true } }, name: x }'],
    ['{ name: [a, b] }', '{ name: b, architecture: arm64 }'],
    ['{ name: "*" }', '{ name: b }'],
    ['{ olderThan: 30d }', '{ olderThan: 90d }'],
    ['{ youngerThan: 90d }', '{ youngerThan: 30d }'],
    ['{ olderThan: 30d }', '{ olderThan: 30d, name: x }'],
    ['{ youngerThan: 30d }', '{ youngerThan: 30d, name: x }'],
    ['{ severity: [high, critical] }', '{ severity: critical }'],
    ['{ sourceImage: "*" }', '{ sourceImage: ami-0abc }'],
    ['{ not: { name: x } }', '{ not: { name: x }, architecture: arm64 }'],
    ['{}', '{ not: { name: x } }'],
    ['{ tags: { "E*": "*" } }', '{ tags: { "E*": dev } }'],
  ])('that selects nothing but what %s before it does is known without an account: %s', (wide, narrow) => {
    const policy = aPolicy(`rules:
      - { name: first, select: ${wide}, ${KEEP} }
      - { name: second, select: ${narrow}, ${KEEP} }\n${SAYS_NOTHING_ELSE}`);
    expect(policyFindings(policy)).toEqual([
      {
        at: ['rules', 1, 'select'],
        sentence: 'Rule "second": it can own no image, since rule "first" before it selects all that it selects.',
      },
    ]);
    expect(found(policy, of(WEB)).join()).not.toContain('second');
  });

  test.each([
    ['{ tags: { Environment: dev } }', '{}'],
    ['{ tags: { Environment: dev } }', '{ tags: { Environment: "d*" } }'],
    ['{ tags: { "E*": "*" } }', '{ tags: { Environment: "*" } }'],
    ['{ tags: { Owner: "*" } }', '{ tags: { Owner: { absent: true } } }'],
    ['{ name: [a, b] }', '{ name: [b, c] }'],
    ['{ olderThan: 90d }', '{ olderThan: 30d }'],
    ['{ olderThan: 90d }', '{ name: x }'],
    ['{ youngerThan: 30d }', '{ youngerThan: 90d }'],
    ['{ youngerThan: 30d }', '{}'],
    ['{ severity: critical }', '{ severity: high }'],
    ['{ watermark: "*" }', '{}'],
    ['{ watermark: "a" }', '{ watermark: "b" }'],
    ['{ sourceImage: "*" }', '{}'],
    ['{ name: x }', '{}'],
    ['{ not: { name: x } }', '{}'],
    ['{ not: { name: x } }', '{ not: { name: y } }'],
    ['{ tags: { Owner: web } }', '{ tags: { Team: web } }'],
    ['{ tags: { Owner: { absent: true } } }', '{ tags: { Owner: web } }'],
    ['{ tags: { Owner: "*", Team: web } }', '{ tags: { Owner: web } }'],
    ['{ regions: [us-east-1] }', '{ regions: [us-east-1, eu-west-1] }'],
  ])('is not what may own something: %s before %s', (first, second) => {
    const policy = aPolicy(`rules:
      - { name: first, select: ${first}, ${KEEP} }
      - { name: second, select: ${second}, ${KEEP} }`);
    expect(shadowOf(policy.rules, 1)).toBeUndefined();
  });
});

describe('a protection that protects nothing', () => {
  it('is an id that no image here has', () => {
    const policy = oneRule(KEEP, `protect: { images: [${imageId(1)}, ${imageId(99)}] }`);
    expect(found(policy, of(WEB))).toEqual([
      `protect.images: ${imageId(99)} is no image of this account and Region, so it protects nothing here.`,
    ]);
  });

  it('is a tag that nothing carries and that is spelled almost like one in use', () => {
    const policy = oneRule(KEEP, 'protect: { tags: { Enviroment: prod, Keep: "true", LegalHold: "*" } }');
    expect(found(policy, of(WEB))).toEqual([
      'protect.tags: nothing carries the tag "Enviroment" (did you mean "Environment", which 6 images carry?).',
    ]);
    const snapshots = [aSnapshot({ tags: { Enviroment: 'prod' } })];
    expect(found(policy, anAccount({ images: WEB, snapshots }))).toEqual([]);
  });

  it('leaves owners without their tag', () => {
    expect(found(oneRule(KEEP, 'owners: { tag: owner }'), of(WEB))).toEqual([
      'owners.tag: no image carries the tag "owner" (did you mean "Owner", which 6 images carry?).',
    ]);
    expect(found(oneRule(KEEP, 'owners: { tag: Mail }'), of(WEB))).toEqual([]);
    const both = some(2, (index) => ({ tags: { [index === 0 ? 'Owner' : 'owner']: 'web' } }));
    expect(found(oneRule(KEEP, 'owners: { tag: Owner }'), of(both))).toEqual([]);
  });
});

describe('a group of one', () => {
  const grouped = (groupBy: string) => oneRule(`groupBy: [${groupBy}], ${KEEP}`);
  const families = (...names: string[]) =>
    of(some(names.length, (index) => ({ tags: { Family: names[index] ?? '' } })));

  it('is what each image is where a group is told by what no two share', () => {
    expect(found(grouped('"name:{*}"'), of(WEB))).toEqual([
      'Rule "all": each of its 6 groups is one image, so keep.newest keeps them all; group by less.',
    ]);
    expect(found(grouped('"name:{*}"'), of(WEB.slice(0, 3)))).toEqual([]);
    expect(found(grouped('"name:{*}"'), of(WEB.slice(0, 4)))).toHaveLength(1);
    expect(found(grouped('"tag:Environment"'), of(WEB))).toEqual([]);
    expect(found(grouped('"tag:Family"'), families('a', 'b', 'c', 'd', 'e', 'e'))).toEqual([]);
  });

  it('is worth a look where it is spelled almost like a larger one', () => {
    expect(
      found(grouped('"tag:Family"'), families('webapp', 'webapp', 'webapp', 'webap', 'Web-App', 'billing')),
    ).toEqual([
      'Rule "all": groups of one image are spelled almost like a larger one: "webap" like "webapp" with 3 images, "Web-App" like "webapp" with 3 images. The newest of each group stays.',
    ]);
    expect(found(grouped('"tag:Family"'), families('webapp', 'webapp', 'webapp', 'webap'))).toEqual([
      'Rule "all": a group of one image is spelled almost like a larger one: "webap" like "webapp" with 3 images. The newest of each group stays.',
    ]);
    for (const names of [
      ['webapp1', 'webapp1', 'webapp1', 'webapp2'],
      ['webapp', 'webapp', 'webap'],
      ['kiwi', 'kiwi', 'kiwi', 'kiwis'],
    ]) {
      expect(found(grouped('"tag:Family"'), families(...names))).toEqual([]);
    }
  });

  it('is none where the tag of the groups is carried by no image: all stay', () => {
    expect(found(grouped('"tag:Familly"'), of(WEB))).toEqual([
      'Rule "all": none of its 6 images carries the tag "Familly" of groupBy, so all stay (did you mean "Family", which 6 images carry?).',
    ]);
    expect(found(grouped('"tag:Tier"'), of(WEB))).toEqual([]);
  });

  it('does not matter to a rule that counts no newest', () => {
    for (const key of ['name:{*}', 'tag:Familly'])
      expect(found(oneRule(`groupBy: ["${key}"], keep: { youngerThan: 30d }`), of(WEB))).toEqual([]);
  });
});

test.each([
  ['rules.0.select', selecting('{ tags: { Enviroment: dev } }')],
  [
    'rules.1.select',
    aPolicy(
      `rules: [{ name: a, select: { name: "webapp-*" }, ${KEEP} }, { name: b, select: { tags: { Owner: web } }, ${KEEP} }]`,
    ),
  ],
  ['rules.0.expire.tag', oneRule('expire: { tag: ExpireOn }')],
  ['rules.0.groupBy', oneRule(`groupBy: ["tag:Familly"], ${KEEP}`)],
  ['protect.images.1', oneRule(KEEP, `protect: { images: [${imageId(1)}, ${imageId(99)}] }`)],
  ['protect.tags.Enviroment', oneRule(KEEP, 'protect: { tags: { Enviroment: prod } }')],
  ['owners.tag', oneRule(KEEP, 'owners: { tag: owner }')],
  ['references.lookups.0', oneRule(KEEP, 'references: { lookups: [{ name: a, images: { name: "*" }, take: all }] }')],
])('the place of what is found is named for those who see the file: %s', (place, policy) => {
  expect(findings(policy, of(WEB)).map(({ at }) => at.join('.'))).toEqual([place]);
});

test('an expiry tag that none of its images carries keeps them all', () => {
  const dated = of(some(3, () => ({ tags: { ExpiresOn: '2027-01-01' } })));
  expect(found(oneRule('expire: { tag: ExpireOn }'), dated)).toEqual([
    'Rule "all": none of its 3 images carries the tag "ExpireOn", so all stay (did you mean "ExpiresOn", which 3 images carry?).',
  ]);
  expect(found(oneRule('expire: { tag: ExpiresOn }'), dated)).toEqual([]);
  expect(found(oneRule('expire: { tag: Tier }'), of(WEB))).toEqual([]);
  const others = aPolicy(`rules:
    - { name: mine, select: { name: webapp-5 }, expire: { tag: Tier } }
    - { name: rest, select: {}, ${KEEP} }`);
  expect(found(others, of(WEB))).toEqual(['Rule "mine": none of its 1 image carries the tag "Tier", so all stay.']);
});

test.each([
  [
    'select: { olderThan: 90d, youngerThan: 30d }, keep: { newest: 1 }',
    'select.olderThan',
    'select asks for images older than 90d and younger than 30d: there can be none.',
  ],
  [
    'select: { olderThan: 30d, youngerThan: 30d }, keep: { newest: 1 }',
    'select.olderThan',
    'select asks for images older than 30d and younger than 30d: there can be none.',
  ],
  ...['30d', '60d'].map((kept) => [
    `select: { youngerThan: 30d }, keep: { youngerThan: ${kept} }`,
    'keep.youngerThan',
    `it selects images younger than 30d and keeps those younger than ${kept}: nothing of it is ever due.`,
  ]),
  [
    `select: {}, ${KEEP}, disable: { after: 30d }, deregister: { after: 30d }`,
    'disable.after',
    'disable.after 30d is over when deregister.after 30d is: images go without having been disabled first.',
  ],
  [
    `select: {}, ${KEEP}, deregister: { after: 5d }`,
    'deregister.after',
    'deregister.after 5d is over before its notice of 7d: nothing happens until 7d after the owner was told.',
  ],
  [
    `select: {}, ${KEEP}, deregister: { after: 2d }`,
    'deregister.after',
    'deregister.after 2d is over before its notice of 7d: nothing happens until 7d after the owner was told.',
  ],
  [
    `select: {}, ${KEEP}, disable: { after: 1d, notice: 2d }`,
    'disable.after',
    'disable.after 1d is over before its notice of 2d: nothing happens until 2d after the owner was told.',
  ],
  [
    `select: {}, ${KEEP}, deregister: { after: 3d, notice: 1d }`,
    'deregister',
    'notify.remindBefore 3d begins before the wait of deregister does: owners are reminded right after they were told.',
  ],
  [
    'select: {}, keep: { newest: { count: 3, youngerThan: 30d }, youngerThan: 30d }',
    'keep.newest',
    'keep.newest keeps nothing of its own: what is younger than 30d stays by keep.youngerThan 30d.',
  ],
])('a time that is over before it begins: %s', (rule, key, says) => {
  expect(policyFindings(aPolicy(`rules: [{ name: all, ${rule} }]\n${SAYS_NOTHING_ELSE}`))).toEqual([
    { at: ['rules', 0, ...key.split('.')], sentence: `Rule "all": ${says}` },
  ]);
});

test.each([
  ['select: { olderThan: 30d, youngerThan: 90d }, keep: { newest: 1 }'],
  ['select: { youngerThan: 60d }, keep: { youngerThan: 30d }'],
  [`select: {}, ${KEEP}, disable: { after: 14d }, deregister: { after: 15d }`],
  [`select: {}, ${KEEP}, deregister: { after: 7d }`],
  ['select: {}, keep: { newest: { count: 3, youngerThan: 31d }, youngerThan: 30d }'],
])('a time that begins before it is over is no finding: %s', (rule) => {
  expect(policyFindings(aPolicy(`rules: [{ name: all, ${rule} }]\n${SAYS_NOTHING_ELSE}`))).toEqual([]);
});

describe('whatever the account and the policy', () => {
  it('a rule that is said to own nothing owns nothing, and a rule that owns nothing is said to', () => {
    tried(times(300), accounts, rawPolicies, (account, { targets: _, ...raw }) => {
      const policy = policyOf(raw);
      const decisions = decideImages(account, policy, AT);
      const owners = new Set(decisions.map(({ rule }) => rule));
      const said = [...policyFindings(policy), ...accountFindings(account, policy, decisions, AT)].filter(
        ({ at: [section, , key] }) => section === 'rules' && key === 'select',
      );
      const names = new Set(said.map(({ at: [, index] }) => policy.rules[Number(index)]?.name));
      for (const { name, select } of policy.rules) {
        if (owners.has(name)) expect(names).not.toContain(name);
        else if (isFor(select, account.target)) expect(names).toContain(name);
      }
    });
  });
});
