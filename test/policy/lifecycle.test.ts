import { describe, expect, test } from 'vitest';
import { AT, anAccount, anImage, DAY, daysAgo, unreadable } from '../builders/account.ts';
import { codesOf, DUE_FACTS, decideFirst, FULL, KEEP, oneRule } from '../builders/policy.ts';

const MS = 1 / DAY;

const MARK = 'ami-janitor:deprecated-at';

/** As this tool leaves it. */
const DISABLED = { state: 'disabled', tags: { 'ami-janitor:disabled-at': daysAgo(1).toISOString() } };

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
    const decision = decideFirst([anImage({ deprecatedDaysAgo: 20, ...DISABLED })], FULL);
    expect(decision.reasons[0]).toMatchObject({ code: 'waiting', days: 20, ofDays: 30 });
    expect(decision.next).toEqual({ decision: 'deregister', at: daysAgo(-10) });
  });

  test('and disabled is deregistered when its time has come', () => {
    expect(decideFirst([anImage({ deprecatedDaysAgo: 30, ...DISABLED })], FULL).decision).toBe('deregister');
  });

  test.each([
    ['only deprecates', KEEP, {}],
    ['only disables, which is done', `${KEEP}, disable: { after: 1d }`, DISABLED],
  ])('by a rule that %s has nothing further to fear', (_, rule, over) => {
    const decision = decideFirst([anImage({ deprecatedDaysAgo: 99, ...over })], oneRule(rule));
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
