import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestDuration, readDate, readDuration } from '../../src/model/dates.ts';
import { DAY, elapsedDays, limitDays } from '../../src/text/format.ts';

describe('readDate', () => {
  test.each([
    ['2026-11-21', '2026-11-21T23:59:59.999Z'],
    [' 2026-11-21 ', '2026-11-21T23:59:59.999Z'],
    ['2028-02-29', '2028-02-29T23:59:59.999Z'],
    ['2026-11-21T02:00', '2026-11-21T02:00:00.000Z'],
    ['2026-11-21 02:00', '2026-11-21T02:00:00.000Z'],
    ['2026-11-21t02:00:03z', '2026-11-21T02:00:03.000Z'],
    ['2026-11-21T02:00:03.5Z', '2026-11-21T02:00:03.500Z'],
    ['2026-11-21T02:00:03.123456789Z', '2026-11-21T02:00:03.123Z'],
    ['2026-11-21T02:00:00+01:00', '2026-11-21T01:00:00.000Z'],
    ['2026-11-21T02:00:00-0530', '2026-11-21T07:30:00.000Z'],
    ['2026-11-21T02:00:00+02', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T23:59:59', '2026-11-21T23:59:59.000Z'],
    ['2026-11-21T02:00:00-23:59', '2026-11-22T01:59:00.000Z'],
  ])('%j is %s', (text, expected) => expect(readDate(text)?.toISOString()).toBe(expected));

  test.each([
    '',
    'true',
    'soon',
    '2026',
    '2026-11',
    '20261121',
    '2026-1-1',
    '2026-13-01',
    '2026-00-10',
    '2026-02-30',
    '2027-02-29',
    '2026-11-32',
    '2026-11-21T24:00:00Z',
    '2026-11-21T12:60:00Z',
    '2026-11-21T12:00:60Z',
    '2026-11-21T12:00:00+24:00',
    '2026-11-21T12:00:00+01:60',
    '2026-11-21T12Z',
    '21.11.2026',
    '11/21/2026',
    '2026-11-21x',
    'x2026-11-21',
    'x2026-11-21T02:00Z',
    '2026-11-21 2026-11-21T02:00Z',
    '2026-11-21T02:00Zx',
    '1795312800',
    '2026-11-21T02:00:00ZZ',
    '２０２６-11-21',
    '2026-11-21T02:00:00.1234567890Z',
    '2026-W47-6',
    '+2026-11-21',
  ])('%j is none', (text) => expect(readDate(text)).toBeUndefined());

  test('reads back every time that this tool writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          expect(readDate(date.toISOString())).toEqual(date);
        },
      ),
    );
  });

  test('never gives an invalid date', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/), (text) => {
        expect(readDate(text)?.getTime()).not.toBeNaN();
      }),
    );
  });
});

describe('readDuration', () => {
  test.each([
    ['0d', 0],
    ['5min', 300_000],
    ['2h', 7_200_000],
    ['30d', 30 * DAY],
    ['2w', 14 * DAY],
    ['6mo', 180 * DAY],
    ['1y', 365 * DAY],
    ['100y', 36_500 * DAY],
  ])('%s is %d ms', (text, milliseconds) => expect(readDuration(text)).toEqual({ text, milliseconds }));

  test.each([
    '',
    'd',
    '30',
    '30 d',
    '-1d',
    '1.5d',
    '30D',
    '1M',
    '6m',
    '6M',
    '6Mo',
    '6 mo',
    '1218mo',
    '101y',
    '1d2h',
    '9999999999d',
    ' 1d',
    '1d ',
  ])('%j is none', (text) => expect(readDuration(text)).toBeUndefined());
});

describe('nearestDuration', () => {
  test.each([
    [30, '30d'],
    ['30', '30d'],
    ['30 d', '30d'],
    ['30D', '30d'],
    ['2 weeks', '2w'],
    ['1 Hour', '1h'],
    ['90 min', '90min'],
    ['1 yr', '1y'],
    ['3M', undefined],
    ['3m', undefined],
    ['3 m', undefined],
    ['3 months', '3mo'],
    ['soon', undefined],
    ['-1d', undefined],
    ['  12  min  ', '12min'],
    ['x12 min', undefined],
    ['12 min, no more', undefined],
    ['1234567890 d', undefined],
  ])('%j was meant as %j', (value, expected) => expect(nearestDuration(value)).toBe(expected));
});

test.each([
  ['min', ['min', 'mins', 'minute', 'minutes']],
  ['h', ['h', 'hour', 'hours']],
  ['d', ['', 'd', 'day', 'days']],
  ['w', ['w', 'week', 'weeks']],
  ['mo', ['mo', 'mos', 'month', 'months']],
  ['y', ['y', 'yr', 'year', 'years']],
])('words for %s', (unit, words) => {
  expect(words.map((word) => nearestDuration(`20 ${word}`))).toEqual(words.map(() => `20${unit}`));
});

describe('days', () => {
  test.each([
    [1.999 * DAY, 60 * DAY, 1],
    [60 * DAY, 60 * DAY, 60],
    [1.999 * DAY, 1.5 * DAY, 1.99],
  ])('%d of %d ms are %d', (elapsed, limit, expected) => expect(elapsedDays(elapsed, limit)).toBe(expected));

  test.each([
    [60 * DAY, 60],
    [90 * 60_000, 0.06],
  ])('a limit of %d ms is %d', (limit, expected) => expect(limitDays(limit)).toBe(expected));
});
