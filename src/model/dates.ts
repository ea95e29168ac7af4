const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME =
  /^\d{4}-\d{2}-\d{2}[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2})?)?$/;
const END_OF_DAY = 86_400_000 - 1;

/**
 * Reads an ISO 8601 date or time from a tag; undefined where it is anything else.
 * A date alone means the end of that day, a time without a zone is UTC. Impossible dates (30 February) are unreadable,
 * not moved: a wrongly read date could remove an image.
 */
export function readDate(text: string): Date | undefined {
  const trimmed = text.trim();
  if (DATE.test(trimmed)) {
    const start = midnight(trimmed);
    return start === undefined ? undefined : new Date(start + END_OF_DAY);
  }
  const time = DATE_TIME.exec(trimmed);
  if (!time) return undefined;
  const start = midnight(trimmed.slice(0, 10));
  const clock = clockTime(time[1], time[2], time[3], time[4]);
  const offset = zoneOffset(time[5], time[6], time[7]);
  if (start === undefined || clock === undefined || offset === undefined) return undefined;
  return new Date(start + clock - offset);
}

function midnight(day: string): number | undefined {
  const time = Date.parse(`${day}T00:00:00.000Z`);
  // Date.parse accepts 30 February and moves it to March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? time : undefined;
}

function clockTime(hour?: string, minute?: string, second?: string, fraction = ''): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return ((h * 60 + m) * 60 + s) * 1000 + milliseconds;
}

function zoneOffset(sign?: string, hour?: string, minute?: string): number | undefined {
  const [h, m] = [Number(hour ?? 0), Number(minute ?? 0)];
  if (h > 23 || m > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (h * 60 + m) * 60_000;
}
