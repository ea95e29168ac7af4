import type { Duration } from '../../model/policy.ts';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};
const DURATION = /^(\d{1,9})([mhdwy])$/;
const LOOSE = /^\s*(\d{1,9})\s*([a-z]*)\s*$/i;
const LONGEST = 100 * 365 * 86_400_000;
const WORDS: Readonly<Record<string, string>> = {
  '': 'd',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
  y: 'y',
  yr: 'y',
  year: 'y',
  years: 'y',
};

/** Reads `N` with `m`, `h`, `d`, `w` or `y` (365 days), up to a hundred years; undefined where it is anything else. */
export function readDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const milliseconds = Number(match[1]) * Number(UNIT_MILLISECONDS[String(match[2])]);
  return milliseconds > LONGEST ? undefined : { text, milliseconds };
}

/** The duration that someone who wrote `30`, `30 days` or `30D` most likely meant. Months have no unit, so none is guessed. */
export function nearestDuration(value: unknown): string | undefined {
  const match = LOOSE.exec(String(value));
  if (!match || match[2] === 'M') return undefined;
  const unit = WORDS[String(match[2]).toLowerCase()];
  return unit && `${match[1]}${unit}`;
}
