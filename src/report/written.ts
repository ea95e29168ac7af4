import type { Written } from './shape.ts';

/** A value as JSON holds it, with its keys in the order they have. */
export function written<T>(value: T): Written<T>;
export function written(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: unknown) => written(item));
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [key, written(item)]));
}

/** Orders by code units: the same everywhere, whatever the machine's language. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** To two decimals: cents, and hundredths of a GiB. */
export function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
