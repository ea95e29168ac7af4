import type { Decision } from '../model/decision.ts';
import { snapshotIdsOf } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Action, PASSES, type PassName, type PassPlan, type Plan } from '../model/plan.ts';
import type { Mode } from '../model/run.ts';
import { isDue } from './due.ts';
import type { DecisionName, Totals } from './shape.ts';
import { type SnapshotSizes, storageOf } from './storage.ts';

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
  return {
    images: plan.decisions.length,
    decisions: decisionCounts(plan.decisions),
    dueImages: due.length,
    ...(verified.length < due.length && { unverified: due.length - verified.length }),
    imagesWithoutOwner,
    snapshots: {
      keep: plan.snapshots.filter(({ decision }) => decision === 'keep').length,
      delete: plan.snapshots.filter(({ decision }) => decision === 'delete').length,
    },
    unreadableSources: plan.sources.filter(({ status }) => status === 'unreadable').length,
    storage: storageOf(sizes.keys(), sizes),
    dueStorage: storageOf(onlyHeldBy(verified, plan.decisions), sizes),
    deletedStorage: storageOf(mode === 'enforce' ? deleted(outcomes) : toDelete(plan.passes), sizes),
    passes: passCounts(plan.passes),
    outcomes: {
      done: outcomes.filter(({ status }) => status === 'done').length,
      skipped: outcomes.filter(({ status }) => status === 'skipped').length,
      failed: outcomes.filter(({ status }) => status === 'failed').length,
    },
  };
}

function decisionCounts(decisions: readonly Decision[]): Record<DecisionName, number> {
  const counts = { keep: 0, deprecate: 0, disable: 0, deregister: 0, reinstate: 0 };
  for (const { decision } of decisions) counts[decision] += 1;
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

function deleted(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ action, status, resourceId }) =>
    action === 'delete-snapshot' && status === 'done' ? [resourceId] : [],
  );
}

function toDelete(passes: readonly PassPlan[]): string[] {
  return passes.flatMap(({ actions }) => actions.flatMap(snapshotsDeletedBy));
}

function snapshotsDeletedBy(action: Action): readonly string[] {
  switch (action.action) {
    case 'deregister':
      return action.deleteSnapshots;
    case 'delete-snapshot':
      return [action.snapshotId];
    case 'deprecate':
    case 'reinstate':
    case 'disable':
    case 'mark-orphan':
      return [];
  }
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
  const [deprecate, disable, deregister, deleteSnapshots] = PASSES;
  return {
    [deprecate]: count(deprecate),
    [disable]: count(disable),
    [deregister]: count(deregister),
    [deleteSnapshots]: count(deleteSnapshots),
  };
}
