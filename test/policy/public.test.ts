import { describe, expect, test } from 'vitest';
import type { CrossAccountUsage, UsageReading } from '../../src/model/account.ts';
import type { Policy } from '../../src/model/policy.ts';
import { ACCOUNT_ID, anAccount, anImage, daysAgo, imageId } from '../builders/account.ts';
import { codesOf, decideFirst, oneRule } from '../builders/policy.ts';

const KEEP = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 90d }';
const OTHERS = oneRule(KEEP);
const PUBLIC = oneRule(`${KEEP}, public: true`);

const STRANGER = '999999999999';
const report = (ageDays: number, ...accounts: string[]): UsageReading => ({
  status: 'available',
  reportId: 'imgreport-1',
  createdAt: daysAgo(ageDays),
  entries: accounts.map((accountId) => ({ accountId, resourceType: 'ec2:Instance', count: 1 })),
});
const reported = (usage: UsageReading) => ({ publicUsage: new Map([[imageId(1), usage]]) });

test('a rule for public images tells owners 90 days before, unless it says earlier', () => {
  const noticeOf = ({ rules }: Policy) => rules[0]?.deregister?.notice.text;
  const longer = oneRule(KEEP.replace('after: 90d', 'after: 1y, notice: 120d').concat(', public: true'));
  expect([OTHERS, PUBLIC, longer].map(noticeOf)).toEqual(['7d', '90d', '120d']);
});

describe('a public image', () => {
  test('stays, but for a rule that says otherwise', () => {
    const image = anImage({ isPublic: true });
    expect(decideFirst([image], OTHERS)).toMatchObject({ decision: 'keep', reasons: [{ code: 'public' }] });
    expect(decideFirst([image], PUBLIC).decision).toBe('deprecate');
  });

  test.each([
    ['kept by its own tag', { tags: { 'ami-janitor:keep': 'true' } }, 'keep-tag'],
    ['sold on the Marketplace', { productCodes: ['code'] }, 'managed'],
    ['too young', { ageDays: 59 }, 'younger-than'],
  ])('stays all the same where it is %s', (_, over, code) => {
    expect(codesOf(decideFirst([anImage({ ...over, isPublic: true })], PUBLIC))).toEqual([code]);
  });

  test.each([
    ['sharedImages: evaluate', PUBLIC, [{ code: 'public' }], 'keep'],
    ['sharedImages: evaluate', OTHERS, [{ code: 'public' }], 'reinstate'],
    ['sharedImages: keep', PUBLIC, undefined, 'deregister'],
  ])(
    'stays where every target may launch it and none was looked at, and only there: %s',
    (sharing, { rules }, why, then) => {
      const { references, targets } = oneRule(
        KEEP,
        `targets: { accounts: ["${STRANGER}"] }\nreferences: { ${sharing} }`,
      );
      const policy = { ...PUBLIC, rules, references, ...(targets && { targets }) };
      const decision = decideFirst([anImage({ isPublic: true, deprecatedDaysAgo: 90 })], policy, reported(report(1)));
      expect(decision.decision).toBe(then);
      if (why) expect(decision.reasons).toEqual(why);
    },
  );

  test('stays where something references it', () => {
    const image = anImage({ isPublic: true });
    const { references } = anAccount({ images: [image], referenced: [1] });
    expect(codesOf(decideFirst([image], PUBLIC, { references }))).toEqual(['referenced']);
  });

  test('is deprecated though others use it: that keeps their lookups from finding it', () => {
    expect(decideFirst([anImage({ isPublic: true })], PUBLIC, reported(report(1, STRANGER))).decision).toBe(
      'deprecate',
    );
  });
});

describe('a public image whose deregistration has come', () => {
  const image = anImage({ isPublic: true, deprecatedDaysAgo: 90 });
  const elsewhere = (over: Partial<CrossAccountUsage> = {}) => ({
    crossAccountUsage: { read: new Set([STRANGER]), unread: new Map(), usage: new Map(), ...over },
  });

  test('goes where nobody uses it', () => {
    expect(decideFirst([image], PUBLIC, reported(report(1))).decision).toBe('deregister');
    expect(decideFirst([image], PUBLIC, reported(report(1, ACCOUNT_ID))).decision).toBe('deregister');
    const read = { ...elsewhere(), ...reported(report(1, STRANGER)) };
    expect(decideFirst([image], PUBLIC, read).decision).toBe('deregister');
  });

  test.each<[string, UsageReading, string]>([
    ['somebody uses it', report(1, ACCOUNT_ID, STRANGER), 'used-elsewhere'],
    ['there is no report on it yet', { status: 'none' }, 'usage-unknown'],
    ['the report is being made', { status: 'pending', createdAt: daysAgo(0) }, 'usage-unknown'],
    ['the report can’t be read', { status: 'unreadable', error: 'access denied' }, 'usage-unknown'],
    ['the report is three days old', report(3), 'usage-report-too-early'],
  ])('stays deprecated where %s', (_, usage, code) => {
    const decision = decideFirst([image], PUBLIC, reported(usage));
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code }] });
    expect(decision).not.toHaveProperty('nextStep');
  });

  test('stays where an account that uses it was not read, or not completely', () => {
    const unread = elsewhere({ unread: new Map([[STRANGER, 'access denied']]) });
    for (const others of [{}, elsewhere({ read: new Set() }), unread])
      expect(codesOf(decideFirst([image], PUBLIC, { ...others, ...reported(report(1, STRANGER)) }))).toEqual([
        'used-elsewhere',
      ]);
  });

  test('waits as long as others do, whatever the report says', () => {
    const early = anImage({ isPublic: true, deprecatedDaysAgo: 89 });
    const decision = decideFirst([early], PUBLIC, reported(report(1, STRANGER)));
    expect(decision).toMatchObject({ reasons: [{ code: 'waiting' }, {}, {}], nextStep: 'deregister' });
  });

  test('of private images no report is asked for', () => {
    const one = anImage({ deprecatedDaysAgo: 90 });
    expect(decideFirst([one], PUBLIC, reported(report(1, STRANGER))).decision).toBe('deregister');
  });
});
