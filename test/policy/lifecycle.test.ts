import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../src/model/reference.ts';
import { AT, anAccount, anImage, DAY, daysAgo, unreadable } from '../builders/account.ts';
import { codesOf, decideFirst } from '../builders/decide.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';

const MS = 1 / DAY;
const KEEP = 'keep: { youngerThan: 60d }, deprecate: {}';
const FULL = oneRule(`${KEEP}, disable: { after: 14d }, deregister: { after: 30d }`);
const DUE_FACTS = [
  { code: 'unreferenced', sources: SOURCES.length },
  { code: 'older-than', ageDays: 100, days: 60 },
];
const MARK = 'ami-janitor:deprecated-at';

describe('an image that this tool deprecated', () => {
  test.each([
    ['just now', 0, 'keep', ['waiting', 'unreferenced', 'older-than']],
    ['a millisecond before it is disabled', 14 - MS, 'keep', ['waiting', 'unreferenced', 'older-than']],
    ['when it is to be disabled', 14, 'disable', ['deprecated-for', 'unreferenced', 'older-than']],
    ['a millisecond before it is deregistered', 30 - MS, 'disable', ['deprecated-for', 'unreferenced', 'older-than']],
    ['when it is to be deregistered', 30, 'deregister', ['deprecated-for', 'unreferenced', 'older-than']],
    ['long after', 300, 'deregister', ['deprecated-for', 'unreferenced', 'older-than']],
  ])('%s', (_, deprecatedDaysAgo, decision, codes) => {
    const decided = decideFirst([anImage({ ageDays: 500, deprecatedDaysAgo })], FULL);
    expect(decided.decision).toBe(decision);
    expect(codesOf(decided)).toEqual(codes);
  });

  test('says how long it has waited, of how long, and what comes when', () => {
    const decision = decideFirst([anImage({ deprecatedDaysAgo: 12.9 })], FULL);
    const deprecatedAt = daysAgo(12.9);
    expect(decision.reasons).toEqual([{ code: 'waiting', deprecatedAt, days: 12, ofDays: 14 }, ...DUE_FACTS]);
    expect(decision.next).toEqual({ decision: 'disable', at: new Date(deprecatedAt.getTime() + 14 * DAY) });
  });

  test('says for how long when its time has come', () => {
    const [reason] = decideFirst([anImage({ deprecatedDaysAgo: 31 })], FULL).reasons;
    expect(reason).toEqual({ code: 'deprecated-for', deprecatedAt: daysAgo(31), days: 31, ofDays: 30 });
  });

  test('and disabled waits for its deregistration', () => {
    const decision = decideFirst([anImage({ deprecatedDaysAgo: 20, state: 'disabled' })], FULL);
    expect(decision.reasons[0]).toMatchObject({ code: 'waiting', days: 20, ofDays: 30 });
    expect(decision.next).toEqual({ decision: 'deregister', at: daysAgo(-10) });
  });

  test('and disabled is deregistered when its time has come', () => {
    expect(decideFirst([anImage({ deprecatedDaysAgo: 30, state: 'disabled' })], FULL).decision).toBe('deregister');
  });

  test.each([
    ['only deprecates', KEEP, 'available'],
    ['only disables, which is done', `${KEEP}, disable: { after: 1d }`, 'disabled'],
  ])('by a rule that %s has nothing further to fear', (_, rule, state) => {
    const decision = decideFirst([anImage({ deprecatedDaysAgo: 99, state })], oneRule(rule));
    expect(codesOf(decision)).toEqual(['nothing-further', 'unreferenced', 'older-than']);
    expect(decision).not.toHaveProperty('next');
  });

  test('waits while a source can not be read, and nobody knows for how long', () => {
    const account = anAccount({ images: [anImage({ deprecatedDaysAgo: 1 })], sources: unreadable('instances') });
    const decision = decideFirst(account.images, FULL, account);
    expect(codesOf(decision)).toEqual(['source-unreadable', 'waiting', 'unreferenced', 'older-than']);
    expect(decision).not.toHaveProperty('next');
  });

  test('when both times are the same, is deregistered rather than disabled', () => {
    const same = oneRule(`${KEEP}, disable: { after: 30d }, deregister: { after: 30d }`);
    expect(decideFirst([anImage({ deprecatedDaysAgo: 30 })], same).decision).toBe('deregister');
    expect(decideFirst([anImage({ deprecatedDaysAgo: 29 })], same).next?.decision).toBe('deregister');
  });

  test('with after: 0d is deregistered as soon as the deprecation is in force', () => {
    const now = oneRule(`${KEEP}, deregister: { after: 0d }`);
    expect(decideFirst([anImage({ deprecatedDaysAgo: 0 })], now).decision).toBe('deregister');
    const soon = new Date(AT.getTime() + 120_000);
    const image = anImage({ deprecationTime: soon, tags: { [MARK]: soon.toISOString() } });
    const decision = decideFirst([image], now);
    expect(decision.reasons[0]).toEqual({ code: 'waiting', deprecatedAt: soon, days: 0, ofDays: 0 });
    expect(decision.next).toEqual({ decision: 'deregister', at: soon });
  });

  test('is not touched before the deprecation itself is in force', () => {
    const deprecationTime = new Date(AT.getTime() + 1);
    const tags = { [MARK]: new Date(AT.getTime() - 60_000).toISOString() };
    const decision = decideFirst([anImage({ deprecationTime, tags })], oneRule(`${KEEP}, deregister: { after: 0d }`));
    expect(decision.next).toEqual({ decision: 'deregister', at: deprecationTime });
  });
});

describe('the promise that stands in ami-janitor:deregister-after', () => {
  const promised = (value: string) =>
    anImage({ deprecatedDaysAgo: 40, tags: { 'ami-janitor:deregister-after': value } });
  const rule = oneRule(`${KEEP}, deregister: { after: 30d }`);

  test.each([
    ['is kept where the rule was shortened', '2026-11-21T02:00:00.001Z', 'keep'],
    ['is fulfilled at its time', '2026-11-21T02:00:00.000Z', 'deregister'],
    ['does not shorten the rule', '2020-01-01', 'deregister'],
  ])('%s', (_, value, decision) => {
    expect(decideFirst([promised(value)], rule).decision).toBe(decision);
  });

  test('counts in what is said', () => {
    const decision = decideFirst([promised(daysAgo(-10).toISOString())], rule);
    expect(decision.reasons[0]).toMatchObject({ code: 'waiting', days: 40, ofDays: 50 });
    expect(decision.next).toEqual({ decision: 'deregister', at: daysAgo(-10) });
  });

  test('does not lengthen a rule that waits longer', () => {
    const longer = oneRule(`${KEEP}, deregister: { after: 90d }`);
    expect(decideFirst([promised('2026-11-01')], longer).next?.at).toEqual(daysAgo(40 - 90));
  });

  test('keeps the image where it can not be read', () => {
    const decision = decideFirst([promised('soon')], rule);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons[0]).toEqual({ code: 'deregister-after-unreadable', value: 'soon' });
  });
});

describe('a mark that is not to be trusted', () => {
  test.each([
    ['a word', 'yesterday'],
    ['nothing', ''],
    ['tomorrow', daysAgo(-1).toISOString()],
    ['more than an hour ahead', new Date(AT.getTime() + 3_600_001).toISOString()],
  ])('%s: nothing is done', (_, value) => {
    const image = anImage({ deprecatedDaysAgo: 40, tags: { [MARK]: value } });
    const decision = decideFirst([image], FULL);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons[0]).toEqual({ code: 'deprecated-at-unreadable', value });
    const held = decideFirst([{ ...image, isPublic: true }], FULL);
    expect(held).toMatchObject({ decision: 'keep', reasons: [{ code: 'public' }] });
  });

  const STALE: [string, Parameters<typeof anImage>[0]][] = [
    ['older than the image: it came with copied tags', { deprecatedDaysAgo: 101 }],
    ['without a deprecation: the run ended between', { tags: { [MARK]: daysAgo(40).toISOString() } }],
    [
      'with a deprecation that someone put off',
      { deprecationTime: daysAgo(-90), tags: { [MARK]: daysAgo(40).toISOString() } },
    ],
  ];

  test.each(STALE)('%s: the image is deprecated as if it had none', (_, over) => {
    expect(decideFirst([anImage(over)], FULL).decision).toBe('deprecate');
    const held = decideFirst([anImage({ ...over, isPublic: true })], FULL);
    expect(held).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'public' }] });
  });

  test('as old as the image is trusted', () => {
    expect(decideFirst([anImage({ ageDays: 100, deprecatedDaysAgo: 100 })], FULL).decision).toBe('deregister');
  });

  test('that EC2 rounded up by minutes is trusted, by more is not', () => {
    const later = (ms: number) => {
      const deprecationTime = new Date(daysAgo(40).getTime() + ms);
      return anImage({ deprecationTime, tags: { [MARK]: daysAgo(40).toISOString() } });
    };
    expect(decideFirst([later(600_000)], FULL).decision).toBe('deregister');
    expect(decideFirst([later(600_001)], FULL).decision).toBe('deprecate');
  });
});

describe('an image that someone else deprecated', () => {
  test('gets only the tags, and its date is told', () => {
    const decision = decideFirst([anImage({ deprecationTime: daysAgo(0) })], FULL);
    expect(decision.decision).toBe('deprecate');
    expect(decision.reasons).toEqual([{ code: 'deprecated-by-other', deprecationTime: daysAgo(0) }, ...DUE_FACTS]);
  });

  test('for a later time is deprecated now', () => {
    const decision = decideFirst([anImage({ deprecationTime: new Date(AT.getTime() + 1) })], FULL);
    expect(decision).toMatchObject({ decision: 'deprecate' });
    expect(decision.reasons).toEqual(DUE_FACTS);
  });

  test('long before this tool’s tag goes its way from the tag on', () => {
    const image = anImage({ deprecationTime: daysAgo(90), tags: { [MARK]: daysAgo(13).toISOString() } });
    expect(decideFirst([image], FULL).decision).toBe('keep');
    expect(decideFirst([{ ...image, tags: { [MARK]: daysAgo(30).toISOString() } }], FULL).decision).toBe('deregister');
  });
});

describe('an image that is no longer due gets back what it lost', () => {
  const marked = anImage({ deprecatedDaysAgo: 40 });

  test('when it is referenced again', () => {
    const decision = decideFirst([marked], FULL, anAccount({ images: [marked], referenced: [1] }));
    expect(decision).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'referenced' }] });
  });

  test('when it is shared', () => {
    const shared = { status: 'read', accounts: ['111111111111'], organizations: [], isPublic: false } as const;
    expect(decideFirst([marked], FULL, { sharing: new Map([[marked.imageId, shared]]) }).decision).toBe('reinstate');
  });

  test('when no rule selects it any more', () => {
    expect(decideFirst([marked], aPolicy('rules: []')).decision).toBe('reinstate');
  });

  test('when a certain reason keeps it, though a source can not be read', () => {
    const account = anAccount({ images: [marked], referenced: [1], sources: unreadable('instances') });
    expect(decideFirst(account.images, FULL, account).decision).toBe('reinstate');
  });

  test('and when time ends what keeps it, it is deprecated anew', () => {
    const decision = decideFirst([anImage({ ageDays: 50, deprecatedDaysAgo: 40 })], FULL);
    expect(decision.decision).toBe('reinstate');
    expect(decision.next).toEqual({ decision: 'deprecate', at: daysAgo(-10) });
  });

  test('but not for a source alone that can not be read', () => {
    const account = anAccount({ images: [marked], sources: unreadable('instances') });
    const decision = decideFirst(account.images, FULL, account);
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'source-unreadable' }] });
  });

  test.each([
    ['managed by another service', { tags: { ...marked.tags, 'aws:backup:x': '' } }],
    ["someone else's", { ownerId: '999999999999' }],
    ['not there to be changed', { state: 'deregistered' }],
  ])('but not when it is %s', (_, over) => {
    expect(decideFirst([{ ...marked, ...over }], FULL).decision).toBe('keep');
  });

  test('a disabled one too', () => {
    expect(decideFirst([{ ...marked, state: 'disabled', isPublic: true }], FULL).decision).toBe('reinstate');
  });
});

describe('a rule that only reports', () => {
  const policy = oneRule('keep: { youngerThan: 60d }');

  test('says what would be due, and does nothing', () => {
    const decision = decideFirst([anImage()], policy);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons).toEqual([{ code: 'no-action-in-rule' }, ...DUE_FACTS]);
  });

  test('leaves an image that is due as it is, deprecated or not', () => {
    expect(decideFirst([anImage({ deprecatedDaysAgo: 40 })], policy).decision).toBe('keep');
  });
});

test('a disabled image that nothing holds goes the same way', () => {
  expect(decideFirst([anImage({ state: 'disabled' })], FULL).decision).toBe('deprecate');
});
