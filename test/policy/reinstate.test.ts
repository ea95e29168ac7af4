import { describe, expect, test } from 'vitest';
import { anAccount, anImage, daysAgo, unreadable } from '../builders/account.ts';
import { aPolicy, DUE_FACTS, decideFirst, FULL, oneRule } from '../builders/policy.ts';

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
  const tags = { 'ami-janitor:disabled-at': daysAgo(3).toISOString() };
  expect(decideFirst([anImage({ state: 'disabled', tags })], FULL).decision).toBe('deprecate');
});
