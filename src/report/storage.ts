import type { SnapshotDecision } from '../model/decision.ts';
import type { Image } from '../model/image.ts';
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
  for (const { image } of plan.decisions) {
    for (const [snapshotId, volumeSizeGiB] of mappedVolumes(image)) {
      sizes.set(
        snapshotId,
        sizeOf(Math.max(volumeSizeGiB, sizes.get(snapshotId)?.storageGiB ?? 0), prices.standardPerGiBMonth),
      );
    }
  }
  for (const { snapshot } of plan.snapshots) {
    if (snapshot !== undefined)
      sizes.set(snapshot.snapshotId, sizeOf(fullSizeGiB(snapshot), priceOf(snapshot, prices)));
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

function mappedVolumes(image: Image): [string, number][] {
  return image.blockDevices.flatMap(({ snapshotId, volumeSizeGiB }) =>
    snapshotId === undefined ? [] : [[snapshotId, volumeSizeGiB ?? 0]],
  );
}

function fullSizeGiB(snapshot: Snapshot): number {
  return snapshot.fullSizeBytes === undefined ? snapshot.volumeSizeGiB : snapshot.fullSizeBytes / GIB;
}

function priceOf(snapshot: NonNullable<SnapshotDecision['snapshot']>, prices: ReportPrices): number {
  return snapshot.storageTier === 'archive' ? prices.archivePerGiBMonth : prices.standardPerGiBMonth;
}

function sizeOf(storageGiB: number, perGiBMonth: number): Size {
  return { storageGiB, monthlyCostUpTo: storageGiB * perGiBMonth };
}
