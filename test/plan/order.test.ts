import { expect, test } from 'vitest';
import { byTimeThenId } from '../../src/plan/candidate.ts';
import { AT, daysAgo } from '../builders/account.ts';

test.each([
  ['the older comes first', daysAgo(2), 'b', daysAgo(1), 'a', -1],
  ['of one time, by id', AT, 'a', AT, 'b', -1],
  ['what has no time comes last', undefined, 'a', AT, 'b', 1],
  ['without times, by id', undefined, 'a', undefined, 'b', -1],
  ['the same twice is even, so that the first of two readings stays the first', AT, 'a', AT, 'a', 0],
] as const)('%s', (_, timeA, idA, timeB, idB, sign) => {
  expect(Math.sign(byTimeThenId(timeA, idA, timeB, idB))).toBe(sign);
  expect(Math.sign(byTimeThenId(timeB, idB, timeA, idA)) + sign).toBe(0);
});
