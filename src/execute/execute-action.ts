import type { SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import { SNAPSHOT_REASONS } from '../model/reasons.ts';
import type { ClearCheck } from './last-check.ts';
import { deprecate } from './passes/deprecate.ts';
import { type Deregistration, deregister } from './passes/deregister.ts';
import { disable } from './passes/disable.ts';
import { type ActionOf, gone, type PassContext } from './passes/pass.ts';
import { reinstate } from './passes/reinstate.ts';
import { deleteSnapshot, markOrphan } from './passes/snapshots.ts';

/**
 * Carries one action out, as its revalidation has it, and of the snapshots no more than the plan held.
 * @returns how it ended, and after that how its snapshots did where it has some
 */
export async function executeAction(context: PassContext, check: ClearCheck): Promise<Outcome[]> {
  const { planned, fresh, revalidation } = check;
  if (fresh.action === 'mark-orphan') return [await markOrphan(context, fresh)];
  if (fresh.action === 'delete-snapshot') return [await deleteSnapshot(context, fresh)];
  const image = revalidation.images.get(fresh.imageId);
  if (image === undefined) return [gone(planned)];
  switch (fresh.action) {
    case 'deprecate':
      return [await deprecate(context, fresh, image, revalidation.plan.at)];
    case 'reinstate':
      return [await reinstate(context, fresh, image)];
    case 'disable':
      return [await disable(context, fresh, image)];
    case 'deregister':
      return deregister(context, deregistration(check, fresh, image));
  }
}

/** What deregistering an image takes, and what becomes of its snapshots. */
export function deregistration(
  { planned, revalidation, note }: ClearCheck,
  fresh: ActionOf<'deregister'>,
  { imageId, state }: Image,
): Deregistration {
  const inPlan: ReadonlySet<SnapshotId> = new Set(planned.action === 'deregister' ? planned.deleteSnapshots : []);
  const ofImage = new Set([...fresh.deleteSnapshots, ...fresh.keepSnapshots]);
  const deleteSnapshots = fresh.deleteSnapshots.filter((id) => inPlan.has(id));
  const held = revalidation.plan.snapshots
    .filter((one) => one.imageId === imageId && one.decision === 'keep' && ofImage.has(one.snapshotId))
    .filter(({ reasons }) => reasons.every(({ code }) => SNAPSHOT_REASONS[code].class === 'hold-for-now'))
    .map(({ snapshotId }) => snapshotId);
  return {
    imageId,
    deleteSnapshots,
    claimSnapshots: [...fresh.deleteSnapshots.filter((id) => !inPlan.has(id)), ...held],
    markKept: fresh.markKept ?? [],
    takesAll: deleteSnapshots.length === ofImage.size,
    isDisabled: state === 'disabled',
    ...(note && { note }),
  };
}
