/** `2026-11-21` of an ISO 8601 time. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** `2026-11-21 02:00 UTC` of an ISO 8601 time. */
export function minute(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
