const MINUTE = 60_000;
/** What was looked at counts for so long at least, from the moment before its first request. */
const LOOK_VALID_MILLISECONDS = 5 * MINUTE;
/** However long a look took, it is acted on for no longer than this after its end. */
const LONGEST_MILLISECONDS = 30 * MINUTE;
/** So many actions a look at least; where a look takes long, as many as take three times as long, while it counts. */
const LEAST_A_LOOK = 50;
const MOST_A_LOOK = 1000;
const ACTING_FOR_A_LOOK = 3;
/** Of the time for which a look counts, what a batch is planned to fill. */
const SHARE_TO_FILL = 0.8;

/**
 * Until when a look counts: five minutes from its beginning, or for as long after its end as it took itself, thirty
 * minutes at the most. In an account whose look takes twelve minutes a run so acts for twelve, and looks again; what
 * changed meanwhile is the business of the check before each chunk.
 */
export function countsUntil(startedAt: Date, endedAt: Date): Date {
  const took = endedAt.getTime() - startedAt.getTime();
  const until = endedAt.getTime() + Math.min(took, LONGEST_MILLISECONDS);
  return new Date(Math.max(startedAt.getTime() + LOOK_VALID_MILLISECONDS, until));
}

/** What was measured in this run so far. */
export interface Measured {
  /** How long the latest look took. */
  readonly lookMilliseconds: number;
  /** How many actions ended, and how long they took together. */
  readonly acted: number;
  readonly actMilliseconds: number;
}

/** How many actions one look is to serve: a look at a large account takes a minute. */
export function actionsALook({ lookMilliseconds, acted, actMilliseconds }: Measured): number {
  if (acted === 0 || actMilliseconds === 0) return LEAST_A_LOOK;
  const counts = Math.max(LOOK_VALID_MILLISECONDS, Math.min(lookMilliseconds, LONGEST_MILLISECONDS));
  const worth = Math.min(ACTING_FOR_A_LOOK * lookMilliseconds, SHARE_TO_FILL * counts);
  const many = Math.floor(worth / (actMilliseconds / acted));
  return Math.min(MOST_A_LOOK, Math.max(LEAST_A_LOOK, many));
}
