import type { Account } from '../model/account.ts';
import type { Decision, NonEmpty, SnapshotDecision } from '../model/decision.ts';
import type { SnapshotId } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import type { SnapshotReason } from '../model/reasons.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type SnapshotContext, snapshotContext } from './snapshot-context.ts';
import { findingOf } from './snapshot-findings.ts';
import { holdsOn, unknownOf } from './snapshot-holds.ts';

/**
 * Decides over every snapshot: those of the inventory in its order, then those that images map and it does not hold.
 * Deleted is only what belongs to an image that goes in this plan or is gone already, and that nothing else holds.
 */
export function decideSnapshots(
  account: Account,
  decisions: readonly Decision[],
  policy: Policy,
  at: Date,
): SnapshotDecision[] {
  const context = snapshotContext(account, decisions, policy, at);
  const known = new Set(account.snapshots.map(({ snapshotId }) => snapshotId));
  const absent = [...context.mappers.keys()].filter((snapshotId) => !known.has(snapshotId)).sort();
  return [
    ...account.snapshots.map((snapshot) => decideSnapshot(snapshot, context)),
    ...absent.map((snapshotId) => decideAbsent(snapshotId, context)),
  ];
}

function decideSnapshot(snapshot: Snapshot, context: SnapshotContext): SnapshotDecision {
  const finding = findingOf(snapshot, context);
  const base = { snapshotId: snapshot.snapshotId, snapshot, ...(finding.imageId && { imageId: finding.imageId }) };
  const also = finding.also ? [finding.also] : [];
  const [first, ...rest] = holdsOn(snapshot, context);
  if (finding.kind === 'keep')
    return { ...base, decision: 'keep', reasons: [finding.reason, ...also, ...(first ? [first, ...rest] : [])] };
  if (first) return { ...base, decision: 'keep', reasons: [first, ...rest] };
  const unknown = unknownOf(snapshot, finding, context);
  if (unknown) return { ...base, decision: 'keep', reasons: unknown };
  const { kind } = finding;
  const nextStep = kind === 'delete-with-image' ? {} : { nextStep: kind };
  return {
    ...base,
    decision: kind === 'mark-orphan' ? 'keep' : 'delete',
    ...nextStep,
    reasons: [finding.reason, ...also],
  };
}

function decideAbsent(snapshotId: SnapshotId, { mappers }: SnapshotContext): SnapshotDecision {
  const of = mappers.get(snapshotId) ?? [];
  const staying = of.filter(({ decision }) => decision !== 'deregister').map(({ image }) => image.imageId);
  const imageId = of.at(-1)?.image.imageId;
  const reasons: NonEmpty<SnapshotReason> =
    staying.length > 0
      ? [{ code: 'mapped', images: staying }, { code: 'not-in-inventory' }]
      : [{ code: 'not-in-inventory' }];
  return { snapshotId, ...(imageId && { imageId }), decision: 'keep', reasons };
}
