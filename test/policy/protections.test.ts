import { expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import type { Reference } from '../../src/model/reference.ts';
import { SOURCES } from '../../src/model/sources.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, TEMPLATE } from '../builders/account.ts';
import { aPolicy, codesOf, decideFirst, oneRule } from '../builders/policy.ts';

const DUE = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }';

const POLICY = oneRule(
  DUE,
  'protect: { tags: { Keep: "true", "Compliance*": "*" }, images: [ami-0000000000000000a], names: ["golden-*", "base"] }',
);

test('an image that nothing holds is deprecated, with the facts', () => {
  const decision = decideFirst([anImage()], POLICY);
  expect(decision).toMatchObject({ decision: 'deprecate', rule: 'all' });
  expect(decision.reasons).toEqual([
    { code: 'unreferenced', sources: SOURCES.length },
    { code: 'older-than', ageDays: 100, days: 60 },
  ]);
});

test.each([{ CreatedBy: 'ann' }, { Made: 'EC2 Fast Launch' }])('nobody manages an image of %j', (tags) => {
  expect(decideFirst([anImage({ tags })], POLICY).decision).toBe('deprecate');
});

test('its keep tag says until when, and it is due right after', () => {
  const image = anImage({ tags: { 'ami-janitor:keep': '2026-12-01T00:00:00Z' } });
  expect(decideFirst([image], POLICY).next).toEqual({
    decision: 'deprecate',
    at: new Date('2026-12-01T00:00:00.001Z'),
  });
});

test.each([
  ['enabled', 'enabled'],
  [undefined, 'unknown'],
])('Windows Fast Launch of an image holds it not, and what goes with it is told: %s', (detail, state) => {
  const fastLaunch: Reference = {
    kind: 'ec2:FastLaunch',
    resource: imageId(1),
    namedBy: [],
    ...(detail && { detail }),
  };
  const references = { ...anAccount().references, images: new Map([[imageId(1), [fastLaunch]]]) };
  const { decision, reasons } = decideFirst([anImage()], POLICY, { references });
  expect(decision).toBe('deprecate');
  expect(reasons).toContainEqual({ code: 'fast-launch', state });
});

test.each([
  ['accounts: ["123456789012"]', '123456789012'],
  ['regions: [us-gov-west-1, eu-west-1]', 'eu-west-1'],
])('everything stays where protect has %s, orphaned snapshots too', (protect, target) => {
  const policy = oneRule(DUE, `protect: { ${protect} }\norphanSnapshots: { deleteAfter: 0d }`);
  const reason = { code: 'protected-target', target };
  expect(decideFirst([anImage()], policy)).toMatchObject({ decision: 'keep', reasons: [reason] });
  const orphan = aSnapshot({ description: 'Created by CreateImage(i-0123456789abcdef0) for ami-00000000000000009' });
  const [snapshot] = decideSnapshots(anAccount({ snapshots: [orphan] }), [], policy, AT);
  expect(snapshot).toMatchObject({ decision: 'keep', reasons: [reason] });
  const elsewhere = oneRule(DUE, 'protect: { accounts: ["111122223333"], regions: [eu-west-2] }');
  expect(decideFirst([anImage()], elsewhere).decision).toBe('deprecate');
});

const HELD: [string, Partial<Image>, object][] = [
  [
    'a protected tag',
    { tags: { Keep: 'true' } },
    { code: 'protected-tag', key: 'Keep', value: 'true', pattern: 'Keep=true' },
  ],
  [
    'a protected key glob',
    { tags: { ComplianceHold: 'x' } },
    { code: 'protected-tag', key: 'ComplianceHold', value: 'x', pattern: 'Compliance*=*' },
  ],
  ['a protected id', { imageId: imageId(10) }, { code: 'protected-image' }],
  ['a protected name', { name: 'golden-1' }, { code: 'protected-name', pattern: 'golden-*' }],
  ['another protected name', { name: 'base' }, { code: 'protected-name', pattern: 'base' }],
  ['the keep tag', { tags: { 'ami-janitor:keep': 'true' } }, { code: 'keep-tag' }],
  ['the keep tag in capitals', { tags: { 'ami-janitor:keep': ' TRUE ' } }, { code: 'keep-tag' }],
  [
    'a keep date of today',
    { tags: { 'ami-janitor:keep': '2026-11-21' } },
    { code: 'keep-tag', until: new Date('2026-11-21T23:59:59.999Z') },
  ],
  [
    'a keep date of this very moment',
    { tags: { 'ami-janitor:keep': '2026-11-21T02:00:00Z' } },
    { code: 'keep-tag', until: new Date('2026-11-21T02:00:00Z') },
  ],
  [
    'an unreadable keep tag',
    { tags: { 'ami-janitor:keep': 'false' } },
    { code: 'keep-tag-unreadable', value: 'false' },
  ],
  ['an empty keep tag', { tags: { 'ami-janitor:keep': '' } }, { code: 'keep-tag-unreadable', value: '' }],
  ['AWS Backup by tag', { tags: { 'aws:backup:source-resource': 'x' } }, { code: 'managed', by: 'aws-backup' }],
  ['AWS Backup by alias', { ownerAlias: 'aws-backup-vault' }, { code: 'managed', by: 'aws-backup' }],
  [
    'Data Lifecycle Manager',
    { tags: { 'aws:dlm:lifecycle-policy-id': 'x' } },
    { code: 'managed', by: 'data-lifecycle-manager' },
  ],
  ['Fast Launch', { tags: { CreatedBy: 'EC2 Fast Launch' } }, { code: 'managed', by: 'fast-launch' }],
  ['the Marketplace', { productCodes: ['abc'] }, { code: 'managed', by: 'marketplace' }],
  ['another owner', { ownerId: '999999999999' }, { code: 'not-own', owner: '999999999999' }],
  ['another owner by alias', { ownerAlias: 'amazon' }, { code: 'not-own', owner: 'amazon' }],
  [
    'deregistration protection',
    { deregistrationProtection: 'enabled-with-cooldown' },
    { code: 'deregistration-protection', value: 'enabled-with-cooldown' },
  ],
  [
    'an unknown word of deregistration protection',
    { deregistrationProtection: 'cooling-down' },
    { code: 'deregistration-protection', value: 'cooling-down' },
  ],
  [
    'an empty word of deregistration protection',
    { deregistrationProtection: '' },
    { code: 'deregistration-protection', value: '' },
  ],
  ['being public', { isPublic: true }, { code: 'public' }],
  ['a pending state', { state: 'pending' }, { code: 'state', state: 'pending' }],
  ['a lingering deregistered state', { state: 'deregistered' }, { code: 'state', state: 'deregistered' }],
];

test.each(HELD)('%s keeps an image', (_, over, reason) => {
  const decision = decideFirst([anImage(over)], POLICY);
  expect(decision.decision).toBe('keep');
  expect(decision.reasons).toEqual([reason]);
});

const NOT_HELD: [string, Partial<Image>][] = [
  ['another value of a protected tag', { tags: { Keep: 'false' } }],
  ['another case of a protected tag', { tags: { keep: 'true' } }],
  ['a keep date of yesterday', { tags: { 'ami-janitor:keep': '2026-11-20' } }],
  ['a keep time that has just passed', { tags: { 'ami-janitor:keep': '2026-11-21T01:59:59.999Z' } }],
  ['deregistration protection that is off', { deregistrationProtection: 'disabled' }],
  ['the alias of the account itself', { ownerAlias: 'self' }],
  ['a tag that only looks like AWS Backup', { tags: { 'my:aws:backup:x': '1' } }],
  ['being disabled by this tool', { state: 'disabled', tags: { 'ami-janitor:disabled-at': '2026-11-01T02:00:00Z' } }],
];

test.each(NOT_HELD)('%s does not', (_, over) => {
  expect(decideFirst([anImage(over)], POLICY).decision).toBe('deprecate');
});

test('a protection wins over every rule and all reasons are gathered', () => {
  const image = anImage({ ageDays: 10, isPublic: true, tags: { Keep: 'true' }, state: 'pending' });
  const decision = decideFirst([image], POLICY, anAccount({ images: [image], referenced: [1] }));
  expect(codesOf(decision)).toEqual(['protected-tag', 'public', 'state', 'referenced', 'younger-than']);
});

test('what no rule selects is kept', () => {
  const policy = aPolicy(`rules: [{ name: prod, select: { tags: { Environment: prod } }, ${DUE} }]`);
  const decision = decideFirst([anImage()], policy);
  expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'no-rule' }] });
  expect(decision).not.toHaveProperty('rule');
});

test('one reference is enough, and stands in the decision', () => {
  const image = anImage();
  const decision = decideFirst([image], POLICY, anAccount({ images: [image], referenced: [1] }));
  expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'referenced', references: 1 }] });
  expect(decision.references).toEqual([TEMPLATE]);
});

test('tags with names that objects use themselves are tags like any other', () => {
  const tags = Object.fromEntries([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  const policy = oneRule(DUE, 'protect: { tags: { "__prot*": x } }');
  expect(codesOf(decideFirst([anImage({ tags })], policy))).toEqual(['protected-tag']);
  const absent = oneRule(DUE, 'protect: { tags: { constructor: "*" } }');
  expect(decideFirst([anImage()], absent).decision).toBe('deprecate');
});
