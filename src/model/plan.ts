import type { Account, RecyclableKind, Target } from './account.ts';
import type { ImageBuilderLeftover } from './aws-lifecycles.ts';
import type { Decision, SnapshotDecision } from './decision.ts';
import type { ImageId, SnapshotId } from './ids.ts';
import type { JournalReading } from './journal.ts';
import type { Rule } from './policy.ts';
import type { DanglingReference, Reference, SourceReading } from './reference.ts';

/** The passes, in the order in which a run makes them. */
export const PASSES = ['protect', 'deprecate', 'disable', 'archive', 'deregister', 'delete-snapshots'] as const;
export type PassName = (typeof PASSES)[number];

/** Whether a plan is of all passes that its policy can ask for: few ask for these, and the others' plans have none of them. */
export function areAllPasses(passes: readonly { readonly pass: PassName }[]): boolean {
  return PASSES.every((pass) => pass === 'protect' || pass === 'archive' || passes.some((one) => one.pass === pass));
}

/** One thing that a pass is to do. */
export type Action =
  /** Turns EC2's deregistration protection on, or this tool's own off. */
  | { readonly action: 'protect' | 'unprotect'; readonly imageId: ImageId }
  | {
      readonly action: 'deprecate';
      readonly imageId: ImageId;
      readonly rule: string;
      readonly deregisterAfter?: Date;
      /** Someone else's date stays: tags only. */
      readonly alreadyDeprecated: boolean;
      /** Other accounts can't launch it then, so it is checked as a disabling is. */
      readonly blocksLaunches?: true;
      /** Nothing undoes it: EC2 takes the deprecation off no public image. */
      readonly isFinal?: true;
    }
  | {
      readonly action: 'reinstate';
      readonly imageId: ImageId;
      /** Whether the deprecation was this tool's doing and is lifted too. */
      readonly liftDeprecation: boolean;
      readonly enable: boolean;
      /** Whom it is shared with again: what its record and its tags both name, never `all`. Absent: nobody. */
      readonly giveBack?: readonly string[];
      /** Whom only its tags name: named in the outcome, and not shared with. */
      readonly unproven?: readonly string[];
      /** Its snapshots that carry this tool's tags or claims: those go too. */
      readonly unmarkSnapshots?: readonly SnapshotId[];
      /** Its snapshots that its own removal marked as kept: that mark goes too. Other images' stay. */
      readonly unmarkKept?: readonly SnapshotId[];
    }
  | { readonly action: 'disable'; readonly imageId: ImageId; readonly rule: string }
  | {
      readonly action: 'archive';
      readonly imageId: ImageId;
      readonly rule: string;
      readonly archiveSnapshots: readonly SnapshotId[];
    }
  | {
      readonly action: 'deregister';
      readonly imageId: ImageId;
      readonly rule: string;
      readonly deleteSnapshots: readonly SnapshotId[];
      readonly keepSnapshots: readonly SnapshotId[];
      /** Of those, what its rule keeps by its word: tagged `ami-janitor:kept` before the image goes, and never an orphan. */
      readonly markKept?: readonly SnapshotId[];
      /** Windows Fast Launch is turned off before, and its snapshots are gone. */
      readonly freesFastLaunch?: true;
    }
  | { readonly action: 'mark-orphan'; readonly snapshotId: SnapshotId; readonly imageId: ImageId }
  | { readonly action: 'delete-snapshot'; readonly snapshotId: SnapshotId; readonly imageId: ImageId };

/** Whether launches may fail once an action is done, nothing undoes it, or anybody may do that then. */
export function breaksLaunches(action: Action): action is Extract<Action, { action: (typeof BREAKING)[number] }> {
  if (action.action === 'deprecate') return action.blocksLaunches === true || action.isFinal === true;
  return BREAKING.some((kind) => kind === action.action);
}
const BREAKING = ['unprotect', 'deprecate', 'disable', 'archive', 'deregister'] as const;

/** Every kind of action, by the name that plans, reports and ledgers give it. */
export const ACTIONS = [
  'protect',
  'unprotect',
  'deprecate',
  'reinstate',
  'disable',
  'archive',
  'deregister',
  'mark-orphan',
  'delete-snapshot',
] as const satisfies readonly Action['action'][];

/** An action that AWS refused in earlier runs. */
export interface RefusedAction {
  readonly action: Action;
  readonly reason: string;
  readonly firstAt: Date;
  /** So many runs tried it. */
  readonly times: number;
  /** No run tries it before, but for some hours: daily runs don't begin at the same second. */
  readonly nextTryAt: Date;
}

/** An image or a snapshot that the Recycle Bin would not take, and why. */
export interface Uncovered {
  readonly kind: RecyclableKind;
  readonly resourceId: string;
  /**
   * No rule for its kind has a tag of it; a rule for the whole Region excludes it; the rule that covers it does not work
   * yet; the rules could not be read; the bin takes no images of instance store.
   */
  readonly why: 'no-rule' | 'excluded' | 'rule-pending' | 'rules-unreadable' | 'instance-store';
  /** The rule that is meant, by its identifier. */
  readonly rule?: string;
}

/** A removal that is due and that is not made, since it could not be undone. */
interface Withheld {
  readonly action: Action;
  readonly uncovered: readonly Uncovered[];
}

/** One pass: what it does now, what a limit leaves to later runs, or why it does nothing at all. */
export interface PassPlan {
  readonly pass: PassName;
  readonly actions: readonly Action[];
  /** Due, and left to a later run by `limits.perRun`. */
  readonly deferred: readonly Action[];
  /** What AWS refused before, whether it is tried again now or not yet; absent where there is none. */
  readonly refused?: readonly RefusedAction[];
  /** Due, and neither done now nor later until a Recycle Bin rule covers it; absent where there is none. */
  readonly withheld?: readonly Withheld[];
  /** Set where `limits.stopAbove` stops the pass; `actions` is then empty. */
  readonly stopped?: {
    readonly due: number;
    readonly ofImages: number;
    readonly percent: number;
    readonly stopAbovePercent: number;
  };
}

/** An image that something names and that the account can't see. */
export interface MissingImage {
  readonly imageId: ImageId;
  /** Undefined where the Recycle Bin could not be read. */
  readonly inRecycleBin: boolean | undefined;
  /** What would launch it again, and can't. */
  readonly namedBy: readonly Reference[];
  /** Instances that run it and need it no more. */
  readonly running: number;
}

/** A plan is data: what each pass is to do, and why everything else stays. */
export interface Plan {
  readonly target: Target;
  /** What AWS told of the lines of descent that leave the account's own images. */
  readonly ancestry: Account['ancestry'];
  /** What was recorded of this tool's own acts when the account was read. */
  readonly journal: JournalReading;
  /** When the account was read. */
  readonly observedAt: Date;
  /** The time that the plan was made for. */
  readonly at: Date;
  /**
   * False where anything could not be read. What that holds says each source: everything (`holdsEverything`), so that
   * only reinstating is left, or the images and snapshots that it names; the rest goes on.
   */
  readonly complete: boolean;
  readonly sources: readonly SourceReading[];
  readonly decisions: readonly Decision[];
  readonly snapshots: readonly SnapshotDecision[];
  /**
   * Images of which nobody asked yet with whom they are shared, or what AWS's usage reports say, though the policy makes
   * that matter: only those that come next are asked about. A due one among them may yet stay.
   */
  readonly unverified?: readonly ImageId[];
  readonly passes: readonly PassPlan[];
  readonly dangling: readonly DanglingReference[];
  /** Named by something, and gone. */
  readonly missingImages: readonly MissingImage[];
  /** Image Builder's image resources whose AMIs are gone; absent where there is none. */
  readonly imageBuilderLeftovers?: readonly ImageBuilderLeftover[];
  /** The policy's rules in its order, those that own no image too: their names, and what follows a deprecation. */
  readonly rules: readonly Pick<Rule, 'name' | 'disable' | 'archive' | 'deregister'>[];
  /** What the policy says and hardly means (`after: 0d`, a rule that matches nothing), and what limits the run. */
  readonly warnings: readonly string[];
}
