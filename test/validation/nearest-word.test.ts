import { expect, test } from 'vitest';
import { measureAt } from '../../src/policy/language/schema-parts.ts';
import { nearestWord } from '../../src/validation/problem.ts';

test.each([
  ['newst', ['newest', 'youngerThan'], 'newest'],
  ['KEEP', ['keeps', 'Keep', 'kept'], 'Keep'],
  ['perrun', ['perRun', 'perRum'], 'perRun'],
  ['launched', ['launchedWithin'], 'launchedWithin'],
  ['lounch', ['launchedWithin'], undefined],
  ['ab', ['cd'], 'cd'],
  ['abc', ['def'], undefined],
  ['anything', [], undefined],
  ['t'.repeat(100), ['t'.repeat(99)], 't'.repeat(99)],
  [`newest${'t'.repeat(95)}`, ['newest'.padEnd(101, 't')], undefined],
])('%j of %j is meant as %j', (word, known, expected) => {
  expect(nearestWord(word, known)).toBe(expected);
});

test.each([
  ['stopAbove', 25, '25%'],
  ['stopAbove', '25', '25%'],
  ['stopAbove', 250, undefined],
  ['after', 30, '30d'],
  ['youngerThan', '30 days', '30d'],
])('%s: %j is meant as %j', (key, value, expected) => {
  expect(measureAt(['limits', key])?.nearest(value)).toBe(expected);
});

test.each(['perRun', 'hereafter', 'afterwards'])('%s has no unit', (key) => expect(measureAt([key])).toBeUndefined());
