import type { JoinedIndex } from './joined.ts';

const MINUTE = 60_000;
const SHORTEST_MILLISECONDS = 15 * MINUTE;
const LONGEST_MILLISECONDS = 60 * MINUTE;

/** When what is known of other targets was read, and until when what can't be undone may rest on it. */
export interface KnowledgeAge {
  /** When the first of them was read. */
  readonly readAt: Date;
  readonly until: Date;
}

/**
 * How old what is known of the other targets is. It is acted on for as long after the join as reading took, a quarter of an
 * hour at the least and an hour at the most; then the organization is read anew.
 */
export function ageOf({ oldest, joinedAt }: Pick<JoinedIndex, 'oldest' | 'joinedAt'>): KnowledgeAge {
  const readAt = oldest ?? joinedAt;
  const took = joinedAt.getTime() - readAt.getTime();
  const valid = Math.min(LONGEST_MILLISECONDS, Math.max(SHORTEST_MILLISECONDS, took));
  return { readAt, until: new Date(joinedAt.getTime() + valid) };
}
