import { actionRef } from '../model/action-ref.ts';
import type { SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { SNAPSHOT_REASONS } from '../model/reasons.ts';
import { deprecate } from './passes/deprecate.ts';
import { type Deregistration, deregister } from './passes/deregister.ts';
import { disable } from './passes/disable.ts';
import type { ActionOf, PassContext } from './passes/pass.ts';
import { reinstate } from './passes/reinstate.ts';
import { deleteSnapshot, markOrphan } from './passes/snapshots.ts';
import type { Revalidation } from './revalidate.ts';

/** How an action ended: its own outcome, and after it those of its snapshots where it has some. */
export type Outcomes = readonly [Outcome, ...Outcome[]];

/**
 * Carries one action out, as its revalidation has it, and of the snapshots no more than the plan held.
 * @param planned the action as the plan had it
 * @param fresh the same action as its revalidation has it
 */
export async function executeAction(
  context: PassContext,
  revalidation: Revalidation,
  planned: Action,
  fresh: Action,
  note: string | undefined,
): Promise<Outcomes> {
  if (fresh.action === 'mark-orphan') return [await markOrphan(context, fresh)];
  if (fresh.action === 'delete-snapshot') return [await deleteSnapshot(context, fresh)];
  const image = revalidation.images.get(fresh.imageId);
  if (image === undefined) return [gone(planned)];
  switch (fresh.action) {
    case 'deprecate':
      return [await deprecate(context, fresh, image, waitOf(revalidation, fresh))];
    case 'reinstate':
      return [await reinstate(context, fresh, image)];
    case 'disable':
      return [await disable(context, fresh, image)];
    case 'deregister':
      return deregister(context, deregistration(revalidation, image, planned, fresh, note));
  }
}

function waitOf({ plan }: Revalidation, { deregisterAfter }: ActionOf<'deprecate'>): number | undefined {
  return deregisterAfter === undefined ? undefined : deregisterAfter.getTime() - plan.at.getTime();
}

/** What deregistering an image takes, and what becomes of its snapshots. */
export function deregistration(
  { plan }: Revalidation,
  image: Image,
  planned: Action,
  fresh: ActionOf<'deregister'>,
  note: string | undefined,
): Deregistration {
  const { imageId } = fresh;
  const inPlan: ReadonlySet<SnapshotId> = new Set(planned.action === 'deregister' ? planned.deleteSnapshots : []);
  const deleteSnapshots = fresh.deleteSnapshots.filter((id) => inPlan.has(id));
  const held = plan.snapshots
    .filter((one) => one.imageId === imageId && one.decision === 'keep')
    .filter(({ reasons }) => reasons.every(({ code }) => SNAPSHOT_REASONS[code].class === 'hold-for-now'))
    .map(({ snapshotId }) => snapshotId);
  const ofImage = new Set([...fresh.deleteSnapshots, ...fresh.keepSnapshots]);
  return {
    imageId,
    deleteSnapshots,
    claimSnapshots: [...fresh.deleteSnapshots.filter((id) => !inPlan.has(id)), ...held.filter((id) => ofImage.has(id))],
    markKept: fresh.markKept ?? [],
    takesAll: deleteSnapshots.length === ofImage.size,
    isDisabled: image.state === 'disabled',
    ...(note && { note }),
  };
}

/** An action that was left alone. @param refused whether a reading would not show why: AWS or its opinion said no */
export function skipped(action: Action, reason: string, refused = false): Outcome {
  return { ...actionRef(action), status: 'skipped', reason, ...(refused && { refused }) };
}

/** An action that could not be done. */
export function failed(action: Action, reason: string): Outcome {
  return { ...actionRef(action), status: 'failed', reason };
}

/** How an action ends whose image or snapshot is gone: for what removes, that is all that was asked for. */
export function gone(action: Action): Outcome {
  const removes = action.action === 'deregister' || action.action === 'delete-snapshot';
  return removes
    ? { ...actionRef(action), status: 'done', reason: 'it was already gone' }
    : skipped(action, 'it is gone');
}
