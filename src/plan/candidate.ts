import type { RecyclableKind } from '../model/account.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { Action, RefusedAction, Uncovered } from '../model/plan.ts';

/** What must still be read of an account before something can be done. */
export interface MissingDetails {
  readonly sharing: readonly ImageId[];
  /** Images that are shared beyond the accounts that were read: what AWS's usage reports say of them. */
  readonly usage: readonly ImageId[];
  /** Public images that would go: likewise, in whatever account. */
  readonly publicUsage: readonly ImageId[];
  readonly snapshotDetails: readonly SnapshotId[];
  /** Snapshots that would be archived: whether EC2 moves them already. */
  readonly tierings: readonly SnapshotId[];
  readonly recycleBin: readonly ImageId[];
  /** The kinds of which something would be removed. */
  readonly retentionRules: readonly RecyclableKind[];
  /** Images that were made from one that is not among the account's own: what that was made from in turn. */
  readonly ancestry: readonly ImageId[];
}

/** True where nothing more must be read. */
export function isNothing(missing: MissingDetails): boolean {
  return Object.values(missing).every(({ length }) => length === 0);
}

/** No details. */
export const NOTHING: MissingDetails = {
  sharing: [],
  usage: [],
  publicUsage: [],
  snapshotDetails: [],
  tierings: [],
  recycleBin: [],
  retentionRules: [],
  ancestry: [],
};

/** An action that the decisions ask for. */
export interface Candidate {
  readonly action: Action;
  /** Counted by `limits.stopAbove`: it takes something away. Protecting, giving back and marking do not count. */
  readonly counts: boolean;
  /** Nothing where it can be done, or withheld. */
  readonly missing: MissingDetails;
  /** Set where AWS refused it before. */
  readonly refused?: RefusedAction;
  /** True where it is left alone now for that; its next try is a later run's. */
  readonly isPostponed?: boolean;
  /** What of it the Recycle Bin would not take; where there is any, it is withheld. */
  readonly uncovered: readonly Uncovered[];
}

/** A candidate that waits for no details but those that are named. */
export function candidate(
  action: Action,
  missing: Partial<MissingDetails> = {},
  uncovered: readonly Uncovered[] = [],
): Candidate {
  const counts = !COUNTS_NOT.has(action.action);
  return { action, counts, missing: { ...NOTHING, ...missing }, uncovered };
}

const COUNTS_NOT: ReadonlySet<Action['action']> = new Set(['protect', 'reinstate', 'mark-orphan']);

/** True where it could not be undone. */
export function isWithheld({ uncovered }: Candidate): boolean {
  return uncovered.length > 0;
}

/** By creation date, then id; an unknown date comes last. */
export function oldestFirst(a: Image, b: Image): number {
  return byTimeThenId(a.creationDate, a.imageId, b.creationDate, b.imageId);
}

/** Orders by time, then id; what has no time comes last. */
export function byTimeThenId(timeA: Date | undefined, idA: string, timeB: Date | undefined, idB: string): number {
  const a = timeA?.getTime() ?? Infinity;
  const b = timeB?.getTime() ?? Infinity;
  if (a !== b) return a - b;
  if (idA === idB) return 0;
  return idA < idB ? -1 : 1;
}
