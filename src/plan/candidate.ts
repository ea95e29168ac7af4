import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Action, RefusedAction, Uncovered } from '../model/plan.ts';
import type { RecyclableKind } from '../model/retention-rule.ts';
import type { UndoFindings } from './undo.ts';

/** Further readings that an action still waits for; empty where it can be done. */
export interface Missing {
  readonly sharing: readonly ImageId[];
  readonly usage: readonly ImageId[];
  readonly snapshotDetails: readonly SnapshotId[];
  readonly recycleBin: readonly ImageId[];
  readonly retentionRules: readonly RecyclableKind[];
}

const NOTHING_MISSING: Missing = { sharing: [], usage: [], snapshotDetails: [], recycleBin: [], retentionRules: [] };

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
  /** What of it the Recycle Bin would not take; where there is any, it is withheld. */
  readonly uncovered: readonly Uncovered[];
}

/** A candidate that waits for no readings but those that are named. */
export function candidate(action: Action, counts: boolean, missing: Partial<Missing> = {}): Candidate {
  return { action, counts, missing: { ...NOTHING_MISSING, ...missing }, uncovered: [] };
}

/** A candidate that removes something, with what is known of how that could be undone. */
export function removal(action: Action, missing: Partial<Missing>, undo: UndoFindings): Candidate {
  const { retentionRules, uncovered } = undo;
  return { ...candidate(action, true, { ...missing, retentionRules }), uncovered };
}

/** True where nothing more must be read before the candidate can be acted on, or withheld. */
export function isReady({ missing }: Candidate): boolean {
  return Object.values(missing).every(({ length }) => length === 0);
}

/** True where it could not be undone. */
export function isWithheld({ uncovered }: Candidate): boolean {
  return uncovered.length > 0;
}
