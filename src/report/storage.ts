import type { Plan } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ReportPrices, StorageTotals } from './shape.ts';
import { rounded } from './to-json.ts';

const GIB = 2 ** 30;

interface Size {
  readonly storageGiB: number;
  readonly monthlyCostUpTo: number;
}

/** What each snapshot holds at most, and costs at most. */
export type SnapshotSizes = ReadonlyMap<string, Size>;

/**
 * The full size of every snapshot that the plan knows: every written block, where AWS tells it,
 * else the volume's size. Both overstate what deleting frees, so costs are "up to".
 */
export function snapshotSizes(plan: Plan, prices: ReportPrices): SnapshotSizes {
  const sizes = new Map<string, Size>();
  const set = (snapshotId: string, storageGiB: number, perGiBMonth: number) =>
    sizes.set(snapshotId, { storageGiB, monthlyCostUpTo: storageGiB * perGiBMonth });
  for (const { snapshotId, volumeSizeGiB = 0 } of plan.decisions.flatMap(({ image }) => image.blockDevices)) {
    if (snapshotId === undefined) continue;
    set(snapshotId, Math.max(volumeSizeGiB, sizes.get(snapshotId)?.storageGiB ?? 0), prices.standardPerGiBMonth);
  }
  for (const { snapshot } of plan.snapshots) {
    if (snapshot === undefined) continue;
    const isArchived = snapshot.storageTier === 'archive';
    const perGiBMonth = isArchived ? prices.archivePerGiBMonth : prices.standardPerGiBMonth;
    set(snapshot.snapshotId, fullSizeGiB(snapshot), perGiBMonth);
  }
  return sizes;
}

/** The sum over distinct snapshots. */
export function storageOf(snapshotIds: Iterable<string>, sizes: SnapshotSizes): StorageTotals {
  const distinct = new Set(snapshotIds);
  let storageGiB = 0;
  let monthlyCostUpTo = 0;
  for (const snapshotId of distinct) {
    const size = sizes.get(snapshotId);
    storageGiB += size?.storageGiB ?? 0;
    monthlyCostUpTo += size?.monthlyCostUpTo ?? 0;
  }
  return { snapshots: distinct.size, storageGiB: rounded(storageGiB), monthlyCostUpTo: rounded(monthlyCostUpTo) };
}

function fullSizeGiB({ fullSizeBytes, volumeSizeGiB }: Snapshot): number {
  return fullSizeBytes === undefined ? volumeSizeGiB : fullSizeBytes / GIB;
}
