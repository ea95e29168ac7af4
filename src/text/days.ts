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
