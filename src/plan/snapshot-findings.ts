import type { Decision, NonEmpty, SnapshotDecision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import type { SnapshotReason } from '../model/reasons.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { elapsedDays, limitDays } from '../text/days.ts';
import { type Orphan, originOf } from './orphans.ts';
import type { SnapshotContext } from './snapshot-context.ts';

/** What a snapshot would be deleted for, or why it is not deleted. */
export type Finding = {
  readonly kind: 'keep' | 'delete-with-image' | NonNullable<SnapshotDecision['nextStep']>;
  readonly imageId?: ImageId;
  readonly reason: SnapshotReason;
  /** What else is to be said of it. */
  readonly also?: SnapshotReason;
};

/** What the snapshot is: of an image that stays, of one that goes, of one that is gone, or of nobody's. */
export function findingOf(snapshot: Snapshot, context: SnapshotContext): Finding {
  const mappers = context.mappers.get(snapshot.snapshotId);
  if (mappers) return mappedFinding(mappers, context);
  const origin = originOf(snapshot, context.account.journal, context.at);
  if (origin.kind === 'unknown') return { kind: 'keep', reason: { code: 'not-of-an-image' } };
  const { imageId } = origin;
  if (context.images.has(imageId)) return { kind: 'keep', imageId, reason: { code: 'image-exists', imageId } };
  if (origin.kind === 'left-behind')
    return { kind: 'delete-left-behind', imageId, reason: { code: 'left-behind', imageId } };
  if (origin.kind === 'unproven') return { kind: 'keep', imageId, reason: { code: 'no-record', imageId } };
  const also = origin.isPutBack ? { also: { code: 'put-back', imageId } as const } : {};
  return { ...orphanFinding(origin, context), ...also };
}

function mappedFinding(mappers: NonEmpty<Decision>, { rules }: SnapshotContext): Finding {
  const images = mappers.filter(({ decision }) => decision !== 'deregister').map(({ image }) => image.imageId);
  const [staying] = images;
  if (staying !== undefined) return { kind: 'keep', imageId: staying, reason: { code: 'mapped', images } };
  // The last of several images to go takes the snapshot with it: until then the others hold it.
  const { imageId } = (mappers.at(-1) ?? mappers[0]).image;
  const keeping = mappers.find(({ rule }) => rules.get(rule)?.snapshots !== 'delete');
  if (keeping) return { kind: 'keep', imageId, reason: { code: 'rule-keeps-snapshots', rule: keeping.rule ?? '' } };
  return { kind: 'delete-with-image', imageId, reason: { code: 'image-deregistered', imageId } };
}

function orphanFinding({ imageId, orphanedAt, isUnproven }: Orphan, { policy, at }: SnapshotContext): Finding {
  const grace = policy.orphanSnapshots?.deleteAfter.milliseconds;
  if (grace === undefined) return { kind: 'keep', imageId, reason: { code: 'orphan-reported-only', imageId } };
  if (isUnproven) return { kind: 'keep', imageId, reason: { code: 'no-record', imageId } };
  if (!orphanedAt) return { kind: 'mark-orphan', imageId, reason: { code: 'orphan-unmarked', imageId } };
  const waited = at - orphanedAt.getTime();
  const facts = { imageId, orphanedAt, days: elapsedDays(waited, grace), ofDays: limitDays(grace) };
  if (waited < grace) return { kind: 'keep', imageId, reason: { code: 'orphan-waiting', ...facts } };
  return { kind: 'delete-orphan', imageId, reason: { code: 'orphan-past-grace', ...facts } };
}
