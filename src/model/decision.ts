import type { ImageId, SnapshotId } from './ids.ts';
import type { Image, Snapshot } from './image.ts';
import type { DueReason, KeepReason, Reason, SnapshotReason } from './reasons.ts';
import type { Reference } from './reference.ts';

/** What time alone will change, and when, if nothing else does. */
export interface Next {
  readonly decision: 'deprecate' | 'disable' | 'archive' | 'deregister' | 'reinstate' | 'keep';
  readonly at: Date;
}

export type NonEmpty<T> = readonly [T, ...T[]];

/** The same list where it has anything. */
export function nonEmpty<T>([first, ...rest]: readonly T[]): NonEmpty<T> | undefined {
  return first === undefined ? undefined : [first, ...rest];
}

interface DecisionBase {
  readonly image: Image;
  /** The rule that owns the image; absent where none selects it. */
  readonly rule?: string;
  /** Its group in that rule, where the rule counts by group. */
  readonly group?: string;
  readonly references: readonly Reference[];
  /** What is done with EC2's deregistration protection, whatever becomes of the image beside. */
  readonly protection?: 'protect' | 'unprotect';
  /** Since when this tool protects it, since something used it. */
  readonly protectedAt?: Date;
  readonly next?: Next;
  /** It was launched after its deprecation, so that its waits began anew. */
  readonly restarted?: { readonly deprecatedAt: Date; readonly launchedAt: Date };
}

/** What is to become of one image. */
export type Decision =
  | (DecisionBase & {
      readonly decision: 'keep';
      readonly reasons: NonEmpty<Reason>;
      /**
       * What an image that is due waits for (`deprecate`: where that takes something away); `none`: all that its rule asks for is done. `next` says when,
       * unless only notifying its owner begins that. Absent where anything holds the image, or might.
       */
      readonly nextStep?: 'deprecate' | 'disable' | 'archive' | 'deregister' | 'none';
    })
  | (DecisionBase & {
      readonly decision: 'deprecate' | 'disable' | 'deregister';
      readonly rule: string;
      readonly reasons: NonEmpty<DueReason>;
    })
  /** It is disabled, and its snapshots go to the archive as far as that saves and may be. */
  | (DecisionBase & {
      readonly decision: 'archive';
      readonly rule: string;
      readonly reasons: NonEmpty<DueReason>;
      /** What it is where there is nothing to archive. */
      readonly otherwise: Extract<Decision, { decision: 'keep' }>;
      /** When it is deregistered, as far as that is known now; absent: never. */
      readonly deregisterAt?: Date;
    })
  /** Deprecated by this tool and no longer due: it gets back what deprecating took. */
  | (DecisionBase & { readonly decision: 'reinstate'; readonly reasons: NonEmpty<KeepReason> });

/** What is to become of one snapshot. */
export interface SnapshotDecision {
  readonly snapshotId: SnapshotId;
  /** Absent where an image maps a snapshot that the inventory does not hold. */
  readonly snapshot?: Snapshot;
  /** The image that it belongs or belonged to, where that is known. */
  readonly imageId?: ImageId;
  readonly decision: 'keep' | 'delete';
  /** The action of its own that is due; absent where it stays, or goes with its image. */
  readonly nextStep?: 'mark-orphan' | 'delete-orphan' | 'delete-left-behind';
  readonly reasons: NonEmpty<SnapshotReason>;
}
