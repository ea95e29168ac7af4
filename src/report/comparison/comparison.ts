import type {
  DecisionName,
  Report,
  ReportImage,
  ReportReason,
  ReportReference,
  ReportSnapshot,
  Totals,
} from '../shape.ts';
import { byText } from '../to-json.ts';

/** What one of two policies does with an account as a whole. */
export interface ComparedPolicy
  extends Pick<Totals, 'decisions' | 'dueImages' | 'dueStorage' | 'deletedStorage' | 'passes'> {
  readonly source: string;
  readonly sha256: string;
  readonly warnings: readonly string[];
}

/** What one policy decides about an image; of its reasons only those that the other does not give. */
export interface ComparedDecision {
  readonly decision: DecisionName;
  readonly rule: string | null;
  readonly reasons: readonly ReportReason[];
  readonly references: readonly ReportReference[];
  readonly next?: NonNullable<ReportImage['next']>;
}

/** An image that the two policies decide differently. */
export interface ComparedImage {
  readonly imageId: string;
  readonly name: string;
  readonly owner: string | null;
  readonly creationDate: string | null;
  readonly policy: ComparedDecision;
  readonly against: ComparedDecision;
}

/** A snapshot that the two policies decide differently. */
interface ComparedSnapshot {
  readonly snapshotId: string;
  readonly imageId?: string;
  readonly policy: Pick<ReportSnapshot, 'decision' | 'reasons'>;
  readonly against: Pick<ReportSnapshot, 'decision' | 'reasons'>;
}

/** How two policies differ over one account: the model of every format of `plan --against`. */
export interface Comparison
  extends Pick<Report, 'schemaVersion' | 'observedAt' | 'at' | 'target' | 'complete' | 'sources'> {
  readonly policy: ComparedPolicy;
  readonly against: ComparedPolicy;
  readonly totals: {
    readonly images: number;
    readonly imagesDecidedDifferently: number;
    /** Decided alike now, but time will change it on another day, or to something else. */
    readonly imagesOfOtherNext: number;
    readonly snapshots: number;
    readonly snapshotsDecidedDifferently: number;
    readonly changes: readonly {
      readonly policy: DecisionName;
      readonly against: DecisionName;
      readonly images: number;
    }[];
  };
  readonly images: readonly ComparedImage[];
  readonly snapshots: readonly ComparedSnapshot[];
}

/** Compares the reports of two policies over the same account at the same time. */
export function compareReports(policy: Report, against: Report): Comparison {
  const pairs = pairsOf(policy.images, against.images, ({ imageId }) => imageId);
  const images = pairs.filter(([a, b]) => a.decision !== b.decision).map(comparedImage);
  const snapshots = pairsOf(policy.snapshots, against.snapshots, ({ snapshotId }) => snapshotId)
    .filter(([a, b]) => a.decision !== b.decision)
    .map(comparedSnapshot);
  return {
    schemaVersion: 1,
    observedAt: policy.observedAt,
    at: policy.at,
    target: policy.target,
    complete: policy.complete && against.complete,
    policy: comparedPolicy(policy),
    against: comparedPolicy(against),
    totals: {
      images: policy.images.length,
      imagesDecidedDifferently: images.length,
      imagesOfOtherNext: pairs.filter(([a, b]) => a.decision === b.decision && !same(a.next, b.next)).length,
      snapshots: policy.snapshots.length,
      snapshotsDecidedDifferently: snapshots.length,
      changes: changesOf(images),
    },
    sources: sourcesOf(policy, against),
    images,
    snapshots,
  };
}

function comparedPolicy({ policy, warnings, totals }: Report): ComparedPolicy {
  const { decisions, dueImages, dueStorage, deletedStorage, passes } = totals;
  return { ...policy, decisions, dueImages, dueStorage, deletedStorage, passes, warnings };
}

function comparedImage([ours, theirs]: readonly [ReportImage, ReportImage]): ComparedImage {
  const { imageId, name, owner, creationDate } = ours;
  return {
    imageId,
    name,
    owner,
    creationDate,
    policy: comparedDecision(ours, theirs),
    against: comparedDecision(theirs, ours),
  };
}

function comparedDecision(
  { decision, rule, reasons, references, next }: ReportImage,
  other: ReportImage,
): ComparedDecision {
  const ownReasons = reasons.filter((reason) => !other.reasons.some((one) => same(one, reason)));
  return { decision, rule, reasons: ownReasons, references, ...(next === undefined ? {} : { next }) };
}

function comparedSnapshot([ours, theirs]: readonly [ReportSnapshot, ReportSnapshot]): ComparedSnapshot {
  const { snapshotId, imageId = theirs.imageId } = ours;
  return {
    snapshotId,
    ...(imageId === undefined ? {} : { imageId }),
    policy: { decision: ours.decision, reasons: ours.reasons },
    against: { decision: theirs.decision, reasons: theirs.reasons },
  };
}

function changesOf(images: readonly ComparedImage[]): Comparison['totals']['changes'] {
  const groups = Map.groupBy(images, ({ policy, against }) => `${policy.decision} ${against.decision}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [{ policy: first.policy.decision, against: first.against.decision, images: group.length }];
    })
    .sort((a, b) => b.images - a.images || byText(`${a.policy} ${a.against}`, `${b.policy} ${b.against}`));
}

/** Both policies' sources: a row of the second only where it differs in more than the number of calls. */
function sourcesOf(policy: Report, against: Report): Comparison['sources'] {
  const told = new Map(policy.sources.map((source) => [source.name, source]));
  const others = against.sources.filter(({ name, status }) => told.get(name)?.status !== status);
  return [...policy.sources, ...others];
}

function pairsOf<T>(ours: readonly T[], theirs: readonly T[], keyOf: (item: T) => string): (readonly [T, T])[] {
  const byKey = new Map(theirs.map((item) => [keyOf(item), item]));
  return ours.flatMap((item) => {
    const other = byKey.get(keyOf(item));
    return other === undefined ? [] : [[item, other] as const];
  });
}

/** Written values have their keys in one order, so that their JSON tells whether they are the same. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
