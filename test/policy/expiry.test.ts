import { describe, expect, test } from 'vitest';
import { anImage } from '../builders/account.ts';
import { decideFirst } from '../builders/decide.ts';
import { oneRule } from '../builders/policy.ts';

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

  test('an unknown creation date does not matter', () => {
    const image = anImage({ ageDays: 'unknown', tags: { ExpiresOn: '2026-01-01' } });
    expect(decideFirst([image], policy).decision).toBe('deprecate');
  });
});
