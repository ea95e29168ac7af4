import type { KeepReason } from '../model/decision.ts';

/** A reason that keeps an image now. */
export interface Hold {
  readonly reason: KeepReason;
  /** The first millisecond at which it no longer holds, where time alone ends it. */
  readonly endsAt?: number;
}

/** When the last of some holds ends, if time alone ends every one of them. */
export function endOfHolds(holds: readonly Hold[]): number | undefined {
  let end: number | undefined;
  for (const { endsAt } of holds) {
    if (endsAt === undefined) return undefined;
    end = Math.max(end ?? endsAt, endsAt);
  }
  return end;
}
