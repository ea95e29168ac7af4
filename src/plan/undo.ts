import type { Account } from '../model/account.ts';
import type { SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { Uncovered } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { RecyclableKind } from '../model/retention-rule.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { coverageGap, type Recyclable } from './coverage.ts';

/** What must be known before a removal can be undone, and what is known to stand against that. */
export interface UndoFindings {
  /** The rules for these kinds are still to be read. */
  readonly retentionRules: readonly RecyclableKind[];
  readonly uncovered: readonly Uncovered[];
}

/** Whether what is removed together could all be brought back from the Recycle Bin; nothing where the policy waives it. */
export function undoFindings(removed: readonly Recyclable[], account: Account, { undo }: Policy): UndoFindings {
  if (undo === 'none') return { retentionRules: [], uncovered: [] };
  const kinds = [...new Set(removed.map(({ kind }) => kind))];
  const retentionRules = kinds.filter((kind) => !account.retentionRules.has(kind));
  if (retentionRules.length > 0) return { retentionRules, uncovered: [] };
  return {
    retentionRules: [],
    uncovered: removed.flatMap((one) => coverageGap(one, account.retentionRules.get(one.kind)) ?? []),
  };
}

export function recyclableImage({ imageId, tags, rootDeviceType }: Image): Recyclable {
  return { kind: 'image', resourceId: imageId, tags, rootDeviceType };
}

/** A snapshot that the inventory does not hold has no known tags. */
export function recyclableSnapshot(snapshotId: SnapshotId, snapshot: Snapshot | undefined): Recyclable {
  return { kind: 'snapshot', resourceId: snapshotId, tags: snapshot?.tags ?? {} };
}
