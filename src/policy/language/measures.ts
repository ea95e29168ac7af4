import type { Duration } from '../../model/policy.ts';
import type { Path } from '../../validation/problem.ts';
import type { Measure } from '../../validation/zod-issues.ts';

const DAY = 86_400_000;
const UNITS = [
  { unit: 'm', milliseconds: 60_000, words: ['m', 'min', 'mins', 'minute', 'minutes'] },
  { unit: 'h', milliseconds: 3_600_000, words: ['h', 'hour', 'hours'] },
  { unit: 'd', milliseconds: DAY, words: ['', 'd', 'day', 'days'] },
  { unit: 'w', milliseconds: 7 * DAY, words: ['w', 'week', 'weeks'] },
  { unit: 'y', milliseconds: 365 * DAY, words: ['y', 'yr', 'year', 'years'] },
];
const LONGEST = 100 * 365 * DAY;

/** Reads `N` with `m`, `h`, `d`, `w` or `y` (365 days), up to a hundred years; undefined where it is anything else. */
export function readDuration(text: string): Duration | undefined {
  const match = /^(\d{1,9})([mhdwy])$/.exec(text);
  const unit = match && UNITS.find(({ unit }) => unit === match[2]);
  if (!unit) return undefined;
  const milliseconds = Number(match[1]) * unit.milliseconds;
  return milliseconds > LONGEST ? undefined : { text, milliseconds };
}

/** The duration that someone who wrote `30`, `30 days` or `30D` most likely meant. Months have no unit, so none is guessed. */
export function nearestDuration(value: unknown): string | undefined {
  const match = /^\s*(\d{1,9})\s*([a-z]*)\s*$/i.exec(String(value));
  if (!match || match[2] === 'M') return undefined;
  const word = String(match[2]).toLowerCase();
  const meant = UNITS.find(({ words }) => words.includes(word));
  return meant && `${match[1]}${meant.unit}`;
}

const DURATION: Measure = { words: 'a duration, such as 30d', nearest: nearestDuration };
const PERCENT: Measure = {
  words: 'a percentage, such as 25%',
  nearest: (value) => /^\d{1,2}$/.exec(String(value))?.[0].concat('%'),
};

/** What a number is a measure of at a path, where it needs a unit. */
export function measureAt(at: Path): Measure | undefined {
  const key = String(at.at(-1));
  if (key === 'stopAbove') return PERCENT;
  return /^(?:youngerThan|olderThan|launchedWithin|after|deleteAfter|notice|cancelUnusedAfter)$/.test(key)
    ? DURATION
    : undefined;
}
