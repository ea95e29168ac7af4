import type { Duration } from './policy.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2})?)?$/;

/**
 * Reads an ISO 8601 date or time from a tag; undefined where it is anything else.
 * A date alone means the end of that day, a time without a zone is UTC. Impossible dates (30 February) are unreadable,
 * not moved: a wrongly read date could remove an image.
 */
export function readDate(text: string): Date | undefined {
  const trimmed = text.trim();
  if (DATE.test(trimmed)) {
    const end = exactTime(`${trimmed}T23:59:59.999Z`);
    return end === undefined ? undefined : new Date(end);
  }
  const match = DATE_TIME.exec(trimmed);
  if (!match) return undefined;
  const [, day, clock, second = '00', fraction = '', sign, zoneHour = '00', zoneMinute = '00'] = match;
  const time = exactTime(`${day}T${clock}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  const offset = exactTime(`1970-01-01T${zoneHour}:${zoneMinute}:00.000Z`);
  if (time === undefined || offset === undefined) return undefined;
  return new Date(sign === '-' ? time + offset : time - offset);
}

/** The time that a text in ISO's full form names. Date.parse alone moves 30 February to March, and 24:00 to the next day. */
function exactTime(iso: string): number | undefined {
  const time = Date.parse(iso);
  return !Number.isNaN(time) && new Date(time).toISOString() === iso ? time : undefined;
}

const DAY = 86_400_000;
const UNITS = [
  { unit: 'min', milliseconds: 60_000, words: ['min', 'mins', 'minute', 'minutes'] },
  { unit: 'h', milliseconds: 3_600_000, words: ['h', 'hour', 'hours'] },
  { unit: 'd', milliseconds: DAY, words: ['', 'd', 'day', 'days'] },
  { unit: 'w', milliseconds: 7 * DAY, words: ['w', 'week', 'weeks'] },
  { unit: 'mo', milliseconds: 30 * DAY, words: ['mo', 'mos', 'month', 'months'] },
  { unit: 'y', milliseconds: 365 * DAY, words: ['y', 'yr', 'year', 'years'] },
];
const LONGEST = 100 * 365 * DAY;

/** Reads `N` with `min`, `h`, `d`, `w`, `mo` (30 days) or `y` (365), up to a hundred years; undefined where it is anything else. */
export function readDuration(text: string): Duration | undefined {
  const match = /^(\d{1,9})([a-z]+)$/.exec(text);
  const unit = match && UNITS.find(({ unit }) => unit === match[2]);
  if (!unit) return undefined;
  const milliseconds = Number(match[1]) * unit.milliseconds;
  return milliseconds > LONGEST ? undefined : { text, milliseconds };
}

/** The duration that someone who wrote `30`, `30 days` or `30D` most likely meant; of `6m` nobody can tell. */
export function nearestDuration(value: unknown): string | undefined {
  const match = /^\s*(\d{1,9})\s*([a-z]*)\s*$/i.exec(String(value));
  const word = match?.[2]?.toLowerCase() ?? '';
  const meant = match && UNITS.find(({ words }) => words.includes(word));
  return meant ? `${match[1]}${meant.unit}` : undefined;
}
