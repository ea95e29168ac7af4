import { readDate } from './dates.ts';

/** What people asked for with `ami-janitor:keep`: for ever, until a date, or something that nobody can read. */
export type KeepValue =
  | { readonly kind: 'for-ever' }
  | { readonly kind: 'until'; readonly date: Date }
  /** It keeps, and is reported: unknown means keep. */
  | { readonly kind: 'unreadable' };

/** Reads the value of an `ami-janitor:keep` tag: the same for those who decide by it and for those who write it. */
export function readKeep(value: string): KeepValue {
  if (value.trim().toLowerCase() === 'true') return { kind: 'for-ever' };
  const date = readDate(value);
  return date === undefined ? { kind: 'unreadable' } : { kind: 'until', date };
}

/** Of two values of the tag the one that keeps longer; the first where they keep alike. Anything keeps longer than none. */
export function longerKeep(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return keptUntil(second) > keptUntil(first) ? second : first;
}

/** True where a value keeps for a shorter time than another. */
export function keepsShorter(value: string | undefined, than: string): boolean {
  return value === undefined || keptUntil(value) < keptUntil(than);
}

function keptUntil(value: string): number {
  const keep = readKeep(value);
  return keep.kind === 'until' ? keep.date.getTime() : Number.POSITIVE_INFINITY;
}
