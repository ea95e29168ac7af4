import type { Target } from '../model/account.ts';
import type { Decision, Next, Reason, SnapshotReason } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action, PassName, PassPlan, RefusedAction, Withheld } from '../model/plan.ts';
import type { ReferenceKind, SourceReading } from '../model/reference.ts';
import type { Mode, RunInfo } from '../model/run.ts';

/** A value as JSON holds it: dates as ISO 8601 UTC text, ids as plain text. */
export type Serialized<T> = T extends Date
  ? string
  : T extends ImageId | SnapshotId
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Serialized<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Serialized<T[Key]> }
        : T;

export type DecisionName = Decision['decision'];
export type ReportReason = Serialized<Reason>;
export type ReportAction = Serialized<Action>;
export type ReportWithheld = Serialized<Withheld>;
export type ReportSource = SourceReading;
export type ReportOutcome = Serialized<Outcome>;

/** One thing that uses an image; `detail` tells where in it, and who names it in turn. */
export interface ReportReference {
  readonly kind: ReferenceKind;
  readonly resource: string;
  readonly detail?: string;
  /** Where the resource lies, if it was found from another account or Region than the image's own. */
  readonly accountId?: string;
  readonly region?: string;
}

export type ReportSnapshotReason =
  | Serialized<Exclude<SnapshotReason, { readonly code: 'referenced' }>>
  | { readonly code: 'referenced'; readonly references: readonly ReportReference[] };

/** One image with its whole reasoning. `null` where the account does not tell. */
export interface ReportImage {
  readonly imageId: string;
  readonly name: string;
  readonly owner: string | null;
  readonly creationDate: string | null;
  readonly rule: string | null;
  /** Its group, where its rule counts by group. */
  readonly group?: string;
  readonly decision: DecisionName;
  readonly reasons: readonly ReportReason[];
  readonly references: readonly ReportReference[];
  readonly snapshotIds: readonly string[];
  /** The full size of its snapshots; those that it shares with other images count in each. */
  readonly storageGiB: number;
  /** US dollars, at most: deleting a snapshot moves blocks that others need onto them. */
  readonly monthlyCostUpTo: number;
  readonly next?: Serialized<Next>;
  /** Due so far, and nobody asked yet whom it is shared with: it may yet stay, so it counts in no saving. */
  readonly unverified?: true;
}

export interface ReportSnapshot {
  readonly snapshotId: string;
  readonly imageId?: string;
  readonly decision: 'keep' | 'delete';
  readonly reasons: readonly ReportSnapshotReason[];
}

/** One pass: what it does in this run, and what a limit leaves to later ones or stops. */
export interface ReportPass {
  readonly pass: PassName;
  readonly actions: readonly ReportAction[];
  readonly deferred: readonly ReportAction[];
  /** What AWS refused in earlier runs, whether it is tried again now or not. */
  readonly refused?: readonly Serialized<RefusedAction>[];
  /** Due, and not removed while no Recycle Bin rule covers it; absent where there is none. */
  readonly withheld?: readonly ReportWithheld[];
  readonly stopped?: NonNullable<PassPlan['stopped']>;
}

/** A reference that alone keeps an image, though nothing seems to use it: something that people may want to remove. */
export interface StaleReference extends ReportReference {
  readonly imageId: string;
  readonly lastLaunchedTime: string | null;
}

/** The snapshot prices that costs rest on, in US dollars a GiB and month. */
export interface ReportPrices {
  readonly standardPerGiBMonth: number;
  readonly archivePerGiBMonth: number;
  /** True where the table has no price for the Region and a usual one stands in. */
  readonly assumed: boolean;
  readonly asOf: string;
  readonly source: string;
}

/** Storage of distinct snapshots, each counted once. */
export interface StorageTotals {
  readonly snapshots: number;
  readonly storageGiB: number;
  readonly monthlyCostUpTo: number;
}

export interface Totals {
  readonly images: number;
  readonly decisions: Readonly<Record<DecisionName, number>>;
  /** Images that nothing keeps: those acted on or deferred, and those that wait for their next step. */
  readonly dueImages: number;
  /** Of those, how many are `unverified`; absent where none is. */
  readonly unverified?: number;
  readonly imagesWithoutOwner: number;
  readonly snapshots: Readonly<Record<'keep' | 'delete', number>>;
  readonly unreadableSources: number;
  /** All images' and snapshots' storage. */
  readonly storage: StorageTotals;
  /** What only due images hold, the unverified left out: freed once all of them are gone. */
  readonly dueStorage: StorageTotals;
  /** What this run deletes (dry run: would delete). */
  readonly deletedStorage: StorageTotals;
  readonly passes: Readonly<
    Record<
      PassName,
      { readonly actions: number; readonly deferred: number; readonly withheld: number; readonly stopped: boolean }
    >
  >;
  readonly outcomes: Readonly<Record<Outcome['status'], number>>;
}

/** One image that is new, gone, back, or decided differently than in the earlier report in the same place. */
export interface ChangedImage {
  readonly imageId: string;
  readonly name: string;
  readonly owner: string | null;
  readonly change: 'new' | 'came-back' | 'kept-again' | 'decided-differently' | 'gone';
  readonly before?: ChangedSide;
  readonly now?: ChangedSide;
}

/** What was decided at one of the two times; where both had the image, only the reasons that the other did not give. */
interface ChangedSide {
  readonly decision: DecisionName;
  readonly rule: string | null;
  readonly reasons: readonly ReportReason[];
  readonly references: readonly ReportReference[];
}

/** What has changed since the earlier report in the same place, or why that cannot be told. */
export type ReportChanges =
  | {
      readonly status: 'compared';
      readonly earlier: Pick<Report, 'runId' | 'mode' | 'observedAt' | 'complete'>;
      /** False where another policy decided then, so that not every change is the account's. */
      readonly samePolicy: boolean;
      readonly images: readonly ChangedImage[];
    }
  | { readonly status: 'not-compared'; readonly problem: string };

/** An image that was launched after its deprecation, so that its waits began anew. */
export interface RestartedWait {
  readonly imageId: string;
  readonly name: string;
  readonly rule: string | null;
  readonly deprecatedAt: string;
  readonly launchedAt: string;
}

/** An image that something names and that the account can't see. */
export interface ReportMissingImage {
  readonly imageId: string;
  /** Null where the Recycle Bin could not be read. */
  readonly inRecycleBin: boolean | null;
  /** What would launch it again, and can't. */
  readonly namedBy: readonly ReportReference[];
  /** Instances that run it and need it no more. */
  readonly running: number;
}

/** report.json: the one model that every writer takes. Images and snapshots stand in order of their ids. */
export interface Report {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly mode: Mode;
  readonly observedAt: string;
  /** The time that the plan was made for. */
  readonly at: string;
  readonly target: Target;
  readonly policy: RunInfo['policy'];
  readonly complete: boolean;
  readonly warnings: readonly string[];
  readonly sources: readonly ReportSource[];
  readonly totals: Totals;
  readonly prices: ReportPrices;
  readonly passes: readonly ReportPass[];
  readonly images: readonly ReportImage[];
  readonly snapshots: readonly ReportSnapshot[];
  readonly outcomes: readonly ReportOutcome[];
  readonly vestigial: readonly StaleReference[];
  readonly dangling: readonly { readonly missing: string; readonly namedBy: readonly string[] }[];
  /** Images that are gone and still named; absent where there are none, or they were not looked up. */
  readonly missingImages?: readonly ReportMissingImage[];
  /** Absent where there is none. */
  readonly restarted?: readonly RestartedWait[];
  /** Absent where there was no earlier report in the same place. */
  readonly changes?: ReportChanges;
}
