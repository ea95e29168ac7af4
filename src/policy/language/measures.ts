import { nearestDuration } from './duration.ts';
import type { Path } from './problem.ts';

/** What a value is measured in. */
export interface Measure {
  readonly words: string;
  readonly nearest: (value: unknown) => string | undefined;
}

const DURATION: Measure = { words: 'a duration, such as 30d', nearest: nearestDuration };
const PERCENT: Measure = {
  words: 'a percentage, such as 25%',
  nearest: (value) => /^\d{1,2}$/.exec(String(value))?.[0].concat('%'),
};

/** What a number is a measure of at a place, where it needs a unit. */
export function measureAt(at: Path): Measure | undefined {
  const key = String(at.at(-1));
  if (key === 'stopAbove') return PERCENT;
  return /^(?:youngerThan|olderThan|launchedWithin|after|deleteAfter|notice|cancelUnusedAfter)$/.test(key)
    ? DURATION
    : undefined;
}
