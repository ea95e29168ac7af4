import { rollups } from 'd3-array';
import type { Report, ReportImage, ReportSnapshot, ReportSource } from './shape.ts';
import { byText } from './to-json.ts';

/** How two policies differ over one account: the model of every format of `plan --against`. */
export type Comparison = ReturnType<typeof compareReports>;
export type ComparedPolicy = ReturnType<typeof comparedPolicy>;
export type ComparedImage = ReturnType<typeof comparedImage>;
export type ComparedDecision = ReturnType<typeof comparedDecision>;

/** Compares the reports of two policies over the same account at the same time. */
export function compareReports(policy: Report, against: Report) {
  const pairs = pairsOf(policy.images, against.images, ({ imageId }) => imageId);
  const images = pairs.filter(differ).map(comparedImage);
  const snapshots = pairsOf(policy.snapshots, against.snapshots, ({ snapshotId }) => snapshotId)
    .filter(differ)
    .map(comparedSnapshot);
  return {
    schemaVersion: 1 as const,
    observedAt: policy.observedAt,
    at: policy.at,
    target: policy.target,
    complete: policy.complete && against.complete,
    policy: comparedPolicy(policy),
    against: comparedPolicy(against),
    totals: {
      images: policy.images.length,
      imagesDecidedDifferently: images.length,
      /** Decided alike now, but time will change it on another day, or to something else. */
      imagesOfOtherNext: pairs.filter((pair) => !differ(pair) && !same(pair[0].next, pair[1].next)).length,
      snapshots: policy.snapshots.length,
      snapshotsDecidedDifferently: snapshots.length,
      changes: changesOf(images),
    },
    sources: sourcesOf(policy, against),
    images,
    snapshots,
  };
}

function comparedPolicy({ policy, warnings, totals }: Report) {
  const { decisions, dueImages, dueStorage, deletedStorage, passes } = totals;
  return { ...policy, decisions, dueImages, dueStorage, deletedStorage, passes, warnings };
}

function comparedImage([ours, theirs]: readonly [ReportImage, ReportImage]) {
  const { imageId, name, owner, creationDate } = ours;
  const [policy, against] = [comparedDecision(ours, theirs), comparedDecision(theirs, ours)];
  return { imageId, name, owner, creationDate, policy, against };
}

/** What one policy decides about an image; of its reasons only those that the other does not give. */
function comparedDecision({ decision, rule, reasons, references, next }: ReportImage, other: ReportImage) {
  const ownReasons = reasons.filter((reason) => !other.reasons.some((one) => same(one, reason)));
  return { decision, rule, reasons: ownReasons, references, ...(next && { next }) };
}

function comparedSnapshot([ours, theirs]: readonly [ReportSnapshot, ReportSnapshot]) {
  const { snapshotId, imageId = theirs.imageId } = ours;
  return {
    snapshotId,
    ...(imageId !== undefined && { imageId }),
    policy: { decision: ours.decision, reasons: ours.reasons },
    against: { decision: theirs.decision, reasons: theirs.reasons },
  };
}

/** How many images go from which decision to which, the commonest first. */
function changesOf(compared: readonly ComparedImage[]) {
  const groups = rollups(
    compared,
    ({ length }) => length,
    ({ policy }) => policy.decision,
    ({ against }) => against.decision,
  );
  return groups
    .flatMap(([policy, others]) => others.map(([against, images]) => ({ policy, against, images })))
    .sort((a, b) => b.images - a.images || byText(`${a.policy} ${a.against}`, `${b.policy} ${b.against}`));
}

/** Both policies' sources: a row of the second only where it differs in more than the number of calls. */
function sourcesOf(policy: Report, against: Report): ReportSource[] {
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

function differ([a, b]: readonly [{ readonly decision: string }, { readonly decision: string }]): boolean {
  return a.decision !== b.decision;
}

/** Written values have their keys in one order, so that their JSON tells whether they are the same. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
