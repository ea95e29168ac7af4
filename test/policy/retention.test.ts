import { describe, expect, test } from 'vitest';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage, DAY, daysAgo } from '../builders/account.ts';
import { aPolicy, codesOf, decideFirst, oneRule } from '../builders/policy.ts';

const MS = 1 / DAY;

describe('youngerThan', () => {
  const policy = oneRule('keep: { youngerThan: 60d }, deprecate: {}');

  test.each([
    ['a millisecond before the limit keeps', 60 - MS, 'keep'],
    ['exactly at the limit is due', 60, 'deprecate'],
    ['a date in the future keeps', -5, 'keep'],
  ])('%s', (_, ageDays, decision) => {
    expect(decideFirst([anImage({ ageDays })], policy).decision).toBe(decision);
  });

  test('says the age, never rounded up, and when it ends', () => {
    const decision = decideFirst([anImage({ ageDays: 60 - MS })], policy);
    expect(decision.reasons).toEqual([{ code: 'younger-than', ageDays: 59, days: 60 }]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: new Date(AT.getTime() + 1) });
  });

  test('says hundredths of a day where the limit is hours', () => {
    const hours = oneRule('keep: { youngerThan: 36h }, deprecate: {}');
    const decision = decideFirst([anImage({ ageDays: 0.999 })], hours);
    expect(decision.reasons).toEqual([{ code: 'younger-than', ageDays: 0.99, days: 1.5 }]);
  });

  test('an age below zero is said as zero', () => {
    expect(decideFirst([anImage({ ageDays: -5 })], policy).reasons).toEqual([
      { code: 'younger-than', ageDays: 0, days: 60 },
    ]);
  });

  test('an unknown creation date keeps, and has no end', () => {
    const decision = decideFirst([anImage({ ageDays: 'unknown' })], policy);
    expect(decision.reasons).toEqual([{ code: 'creation-date-unknown' }]);
    expect(decision).not.toHaveProperty('next');
  });
});

describe('launchedWithin', () => {
  const policy = oneRule('keep: { launchedWithin: 90d }, deprecate: {}');

  test.each([
    ['a launch within keeps', 90 - MS, 'keep'],
    ['a launch exactly at the limit does not', 90, 'deprecate'],
    ['a launch in the future keeps', -1, 'keep'],
  ])('%s', (_, lastLaunchedDaysAgo, decision) => {
    expect(decideFirst([anImage({ ageDays: 400, lastLaunchedDaysAgo })], policy).decision).toBe(decision);
  });

  test('says when it was, and when it ends', () => {
    const decision = decideFirst([anImage({ lastLaunchedDaysAgo: 12.5 })], policy);
    expect(decision.reasons).toEqual([{ code: 'launched-within', daysAgo: 12, days: 90 }]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: daysAgo(12.5 - 90) });
  });

  test('no launch time keeps nothing by itself, and none is made up', () => {
    expect(decideFirst([anImage()], policy).reasons).toContainEqual({ code: 'not-launched-within', days: 90 });
  });

  test('an old launch is told', () => {
    const decision = decideFirst([anImage({ ageDays: 400, lastLaunchedDaysAgo: 100 })], policy);
    expect(decision.reasons).toContainEqual({ code: 'not-launched-within', daysAgo: 100, days: 90 });
  });
});

test('any one condition keeps, and the next decision comes when the last has ended', () => {
  const policy = oneRule('keep: { youngerThan: 60d, launchedWithin: 90d }, deprecate: {}');
  const tags = { 'ami-janitor:keep': '2026-12-01' };
  const decision = decideFirst([anImage({ ageDays: 50, lastLaunchedDaysAgo: 20, tags })], policy);
  expect(codesOf(decision)).toEqual(['keep-tag', 'younger-than', 'launched-within']);
  expect(decision.next).toEqual({ decision: 'deprecate', at: daysAgo(20 - 90) });
});

test('a hold that time does not end leaves no next decision', () => {
  const policy = oneRule('keep: { newest: 1, youngerThan: 60d }, deprecate: {}');
  const decision = decideFirst([anImage({ ageDays: 50 })], policy);
  expect(codesOf(decision)).toEqual(['newest-of-group', 'younger-than']);
  expect(decision).not.toHaveProperty('next');
});

test('an end that is later than any date is not named', () => {
  const image = { ...anImage(), creationDate: new Date(8.64e15) };
  const decision = decideFirst([image], oneRule('keep: { youngerThan: 60d }, deprecate: {}'));
  expect(codesOf(decision)).toEqual(['younger-than']);
  expect(decision).not.toHaveProperty('next');
});

test('a rule that only reports has no next decision', () => {
  expect(decideFirst([anImage({ ageDays: 1 })], oneRule('keep: { youngerThan: 60d }'))).not.toHaveProperty('next');
});

test('an image that another rule will own by then has no next decision', () => {
  const rules = (select: string) =>
    aPolicy(`rules:
      - { name: young, select: ${select}, keep: { youngerThan: 60d }, deprecate: {} }
      - { name: rest, select: {}, keep: { youngerThan: 1y }, deprecate: {} }`);
  const decided = (select: string) => decideFirst([anImage({ ageDays: 20 })], rules(select));
  for (const select of ['{ youngerThan: 30d }', '{ not: { olderThan: 30d } }'])
    expect(decided(select)).not.toHaveProperty('next');
  for (const select of ['{ youngerThan: 90d }', '{ not: { olderThan: 90d } }'])
    expect(decided(select)).toHaveProperty('next');
});

test.each([
  ['another rule owns it at ninety days', 'olderThan: 90d', 'olderThan: 1d', '100d', undefined],
  ['it is due before another rule owns it', 'olderThan: 90d', 'olderThan: 1d', '60d', daysAgo(-40)],
  ['another rule owns it once it is no longer young', 'youngerThan: 30d', 'youngerThan: 9y', '60d', undefined],
])('where rules select by age and %s, the next decision is told accordingly', (_, first, second, keep, at) => {
  const rule = (name: string, select: string) =>
    `{ name: ${name}, select: { ${select} }, keep: { youngerThan: ${keep} }, deprecate: {} }`;
  const policy = aPolicy(`rules: [${rule('first', first)}, ${rule('second', second)}]`);
  expect(decideFirst([anImage({ ageDays: 20 })], policy).next?.at).toEqual(at);
});

test('a time that is no time is refused', () => {
  const decide = () => decideImages(anAccount(), oneRule('keep: { newest: 1 }'), new Date(Number.NaN));
  expect(decide).toThrow(new RangeError('decideImages: the time is not a date'));
});
