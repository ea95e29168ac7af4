import type { Decision } from '../model/decision.ts';
import { snapshotIdsOf } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PassName, PassPlan, Plan } from '../model/plan.ts';
import type { Mode } from '../model/run.ts';
import { type BlockSharing, blockSharing } from '../model/shared-blocks.ts';
import { hundredths } from '../text/format.ts';
import { isDue } from './due.ts';
import type { ReportPrices, StorageTotals, Totals } from './shape.ts';

/** The figures that stand first in every report. */
export function totalsOf(
  plan: Plan,
  outcomes: readonly Outcome[],
  mode: Mode,
  sizes: SnapshotSizes,
  imagesWithoutOwner: number,
): Totals {
  const due = plan.decisions.filter(isDue);
  const unasked = new Set(plan.unverified);
  const verified = due.filter(({ image }) => !unasked.has(image.imageId));
  const sharing = blockSharing(plan);
  const { deleted, gone } = deletedSnapshots(plan, outcomes, mode);
  return {
    images: plan.decisions.length,
    decisions: tally(
      { keep: 0, deprecate: 0, disable: 0, archive: 0, deregister: 0, reinstate: 0 },
      plan.decisions,
      ({ decision }) => decision,
    ),
    dueImages: due.length,
    ...(verified.length < due.length && { unverified: due.length - verified.length }),
    imagesWithoutOwner,
    snapshots: tally({ keep: 0, delete: 0 }, plan.snapshots, ({ decision }) => decision),
    unreadableSources: plan.sources.filter(({ status }) => status === 'unreadable').length,
    storage: rangeOf(new Set(sizes.keys()), sizes, sharing),
    dueStorage: rangeOf(onlyHeldBy(verified, plan.decisions), sizes, sharing),
    deletedStorage: rangeOf(deleted, sizes, sharing, gone),
    passes: passCounts(plan.passes),
    outcomes: tally({ done: 0, skipped: 0, failed: 0 }, outcomes, ({ status }) => status),
  };
}

/** How many items have each name. */
export function tally<Name extends string, Item>(
  counts: Record<Name, number>,
  items: readonly Item[],
  nameOf: (item: Item) => Name,
): Record<Name, number> {
  for (const item of items) counts[nameOf(item)] += 1;
  return counts;
}

function onlyHeldBy(due: readonly Decision[], all: readonly Decision[]): Set<string> {
  const dueIds = new Set(due.map(({ image }) => image.imageId));
  const held = new Set<string>(due.flatMap(({ image }) => snapshotIdsOf(image)));
  for (const { image } of all) {
    if (!dueIds.has(image.imageId)) for (const snapshotId of snapshotIdsOf(image)) held.delete(snapshotId);
  }
  return held;
}

/** The snapshots that this run deleted, and with them those that it found gone; of a dry run, that it would delete. */
function deletedSnapshots({ passes }: Plan, outcomes: readonly Outcome[], mode: Mode) {
  if (mode === 'enforce') {
    const ended = outcomes.filter(({ action, status }) => action === 'delete-snapshot' && status === 'done');
    const own = ended.filter((outcome) => !('alreadyGone' in outcome));
    const ids = (those: readonly Outcome[]) => new Set(those.map(({ resourceId }) => resourceId));
    return { deleted: ids(own), gone: ids(ended) };
  }
  const planned = passes.flatMap(({ actions }) =>
    actions.flatMap((action): readonly string[] => {
      if (action.action === 'deregister') return action.deleteSnapshots;
      return action.action === 'delete-snapshot' ? [action.snapshotId] : [];
    }),
  );
  return { deleted: new Set(planned), gone: new Set(planned) };
}

function passCounts(passes: readonly PassPlan[]): Totals['passes'] {
  const count = (name: PassName) => {
    const pass = passes.find((candidate) => candidate.pass === name);
    return {
      actions: pass?.actions.length ?? 0,
      deferred: pass?.deferred.length ?? 0,
      withheld: pass?.withheld?.length ?? 0,
      stopped: pass?.stopped !== undefined,
    };
  };
  return {
    protect: count('protect'),
    deprecate: count('deprecate'),
    disable: count('disable'),
    archive: count('archive'),
    deregister: count('deregister'),
    'delete-snapshots': count('delete-snapshots'),
  };
}

const GIB = 2 ** 30;

/** What each snapshot holds at most, and costs at most. */
export type SnapshotSizes = ReadonlyMap<string, Omit<StorageTotals, 'snapshots'>>;

/**
 * The full size of every snapshot that the plan knows: every written block, where AWS tells it,
 * else the volume's size. Both overstate what deleting frees, so costs are "up to".
 */
export function snapshotSizes(plan: Plan, prices: ReportPrices): SnapshotSizes {
  const sizes = new Map<string, Omit<StorageTotals, 'snapshots'>>();
  const set = (snapshotId: string, storageGiB: number, perGiBMonth: number) =>
    sizes.set(snapshotId, { storageGiB, monthlyCostUpTo: storageGiB * perGiBMonth });
  for (const { snapshotId, volumeSizeGiB = 0 } of plan.decisions.flatMap(({ image }) => image.blockDevices)) {
    if (snapshotId === undefined) continue;
    set(snapshotId, Math.max(volumeSizeGiB, sizes.get(snapshotId)?.storageGiB ?? 0), prices.standardPerGiBMonth);
  }
  for (const { snapshotId, fullSizeBytes, volumeSizeGiB, storageTier } of plan.snapshots.flatMap(
    ({ snapshot }) => snapshot ?? [],
  )) {
    const perGiBMonth = storageTier === 'archive' ? prices.archivePerGiBMonth : prices.standardPerGiBMonth;
    set(snapshotId, fullSizeBytes === undefined ? volumeSizeGiB : fullSizeBytes / GIB, perGiBMonth);
  }
  return sizes;
}

/**
 * The sum over distinct snapshots, and what deleting them frees at least as far as AWS tells.
 * @param gone what is gone with them, they among it
 */
function rangeOf(
  snapshotIds: ReadonlySet<string>,
  sizes: SnapshotSizes,
  { families, measured }: BlockSharing,
  gone = snapshotIds,
): StorageTotals {
  const free = families.filter((family) => family.every((snapshotId) => gone.has(snapshotId)));
  const largest = free.map((family) => {
    const known = family.filter((snapshotId) => snapshotIds.has(snapshotId) && measured.has(snapshotId));
    return known.reduce((most, id) => Math.max(most, sizes.get(id)?.monthlyCostUpTo ?? 0), 0);
  });
  return {
    ...storageOf(snapshotIds, sizes),
    monthlyCostFrom: hundredths(largest.reduce((sum, cost) => sum + cost, 0)),
  };
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
  return { snapshots: distinct.size, storageGiB: hundredths(storageGiB), monthlyCostUpTo: hundredths(monthlyCostUpTo) };
}
