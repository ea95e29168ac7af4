import { describe, expect, test } from 'vitest';
import { anImage } from '../builders/account.ts';
import { decideFirst, oneRule } from '../builders/policy.ts';

describe('expire', () => {
  const policy = oneRule('expire: { tag: ExpiresOn }, deprecate: {}');
  const expiring = (value: string) => anImage({ tags: { ExpiresOn: value } });

  test.each([
    ['a date that is past', '2026-11-20', 'deprecate'],
    ['today, which has not ended', '2026-11-21', 'keep'],
    ['this very moment', '2026-11-21T02:00:00Z', 'keep'],
    ['a millisecond ago', '2026-11-21T01:59:59.999Z', 'deprecate'],
    ['a word', 'never', 'keep'],
    ['nothing', '', 'keep'],
  ])('%s', (_, value, decision) => {
    expect(decideFirst([expiring(value)], policy).decision).toBe(decision);
  });

  test('says when, and what comes then', () => {
    const decision = decideFirst([expiring('2026-11-21')], policy);
    expect(decision.reasons).toEqual([
      { code: 'not-expired', tag: 'ExpiresOn', expiresAt: new Date('2026-11-21T23:59:59.999Z') },
    ]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: new Date('2026-11-22T00:00:00Z') });
  });

  test('says since when it is past', () => {
    const expired = { code: 'expired', tag: 'ExpiresOn', expiredAt: new Date('2026-11-10T02:00:00Z'), days: 11 };
    expect(decideFirst([expiring('2026-11-10T02:00Z')], policy).reasons).toContainEqual(expired);
  });

  test('an image without the tag stays', () => {
    expect(decideFirst([anImage()], policy).reasons).toEqual([{ code: 'expiry-missing', tag: 'ExpiresOn' }]);
  });

  test('what can not be read is said', () => {
    const unreadable = { code: 'expiry-unreadable', tag: 'ExpiresOn', value: '31.12.2025' };
    expect(decideFirst([expiring('31.12.2025')], policy).reasons).toEqual([unreadable]);
  });

  describe('as: age', () => {
    const byAge = oneRule('expire: { tag: TTL, as: age }, deprecate: {}');
    const decided = (TTL: string, ageDays: number | 'unknown' = 100) =>
      decideFirst([anImage({ ageDays, tags: { TTL } })], byAge);

    test.each([
      ['99', 'deprecate'],
      ['101', 'keep'],
      ['99d', 'deprecate'],
      ['14w', 'deprecate'],
      ['15w', 'keep'],
      ['2399h', 'deprecate'],
      ['100', 'keep'],
      ['0', 'keep'],
      ['0d', 'keep'],
      ['3m', 'keep'],
      ['-5', 'keep'],
      ['0000000001', 'keep'],
      ['2026-01-01', 'keep'],
      ['', 'keep'],
    ])('%j at a hundred days', (value, decision) => expect(decided(value).decision).toBe(decision));

    test('says when it ends, or why it can not tell', () => {
      const expiresAt = new Date('2026-11-22T02:00:00Z');
      expect(decided('101').reasons).toEqual([{ code: 'not-expired', tag: 'TTL', expiresAt }]);
      expect(decided('101').next).toEqual({ decision: 'deprecate', at: new Date(expiresAt.getTime() + 1) });
      expect(decided('0').reasons).toEqual([{ code: 'expiry-unreadable', tag: 'TTL', value: '0', as: 'age' }]);
      expect(decided('1', 'unknown').reasons).toEqual([{ code: 'creation-date-unknown' }]);
      expect(decideFirst([anImage()], byAge).reasons).toEqual([{ code: 'expiry-missing', tag: 'TTL' }]);
    });
  });

  test('an unknown creation date does not matter', () => {
    const image = anImage({ ageDays: 'unknown', tags: { ExpiresOn: '2026-01-01' } });
    expect(decideFirst([image], policy).decision).toBe('deprecate');
  });
});
