/** `2026-11-21` of an ISO 8601 time. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** `2026-11-21 02:00 UTC` of an ISO 8601 time. */
export function minute(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** Milliseconds in a day. */
export const DAY = 86_400_000;

/** Elapsed days for people: whole days, or hundredths where the limit itself is not whole; never rounded up. */
export function elapsedDays(milliseconds: number, limitMilliseconds: number): number {
  const days = milliseconds / DAY;
  return limitMilliseconds % DAY === 0 ? Math.floor(days) : Math.floor(days * 100) / 100;
}

/** A limit in days, to two decimals. */
export function limitDays(milliseconds: number): number {
  return Math.round((milliseconds / DAY) * 100) / 100;
}
