import type { KeepReason } from '../../model/reasons.ts';

/** A reason that keeps an image now. */
export interface Hold {
  readonly reason: KeepReason;
  /** The first millisecond at which it no longer holds, where time alone ends it. */
  readonly endsAt?: number;
}

/** When the last of some holds ends; infinity where time alone does not end every one of them. */
export function endOfHolds(holds: readonly Hold[]): number {
  let end = 0;
  for (const { endsAt = Infinity } of holds) end = Math.max(end, endsAt);
  return end;
}
