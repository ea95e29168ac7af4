import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Action, RefusedAction } from '../model/plan.ts';

/** Further readings that an action still waits for; empty where it can be done. */
export interface Missing {
  readonly sharing: readonly ImageId[];
  readonly usage: readonly ImageId[];
  readonly snapshotDetails: readonly SnapshotId[];
  readonly recycleBin: readonly ImageId[];
}

/** An action that the decisions ask for. */
export interface Candidate {
  readonly action: Action;
  /** Counted by `limits.stopAbove`: it takes something away. Giving back and marking do not count. */
  readonly counts: boolean;
  readonly missing: Missing;
  /** Set where AWS refused it before. */
  readonly refused?: RefusedAction;
  /** True where it is left alone now for that; its next try is a later run's. */
  readonly isPostponed?: boolean;
}

/** A candidate that waits for no readings but those that are named. */
export function candidate(action: Action, counts: boolean, missing: Partial<Missing> = {}): Candidate {
  return { action, counts, missing: { sharing: [], usage: [], snapshotDetails: [], recycleBin: [], ...missing } };
}

/** True where nothing more must be read before the candidate can be acted on. */
export function isReady({ missing }: Candidate): boolean {
  return (
    missing.sharing.length + missing.usage.length + missing.snapshotDetails.length + missing.recycleBin.length === 0
  );
}
