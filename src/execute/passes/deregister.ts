import { type DeleteSnapshotReturnCode, DeregisterImageCommand, type SnapshotReturnCodes } from '@aws-sdk/client-ec2';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import type { Tags } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { PERMISSION_TAG_KEYS, TAG } from '../../model/tags.ts';
import { freeFastLaunch } from './fast-launch.ts';
import { byItsState, createTags, deleteTags, withoutMarks } from './image-state.ts';
import { permissionsToSave } from './launch-permissions.ts';
import { ALREADY_GONE, attempt, Change, type Ending, type PassContext } from './pass.ts';
import { deleteTaggedSnapshot } from './snapshots.ts';

/** One image to deregister, and what becomes of its snapshots. */
export interface Deregistration {
  readonly imageId: ImageId;
  /** Deleted with it. */
  readonly deleteSnapshots: readonly SnapshotId[];
  /** Held back for now by a lock, by sharing or by a template: tagged too, so that a later run takes them up. */
  readonly claimSnapshots: readonly SnapshotId[];
  /** What its rule keeps: tagged too, so that no later run takes them for orphans. */
  readonly markKept: readonly SnapshotId[];
  /** True where `deleteSnapshots` are all that the image has: EC2 can delete them with it. */
  readonly takesAll: boolean;
  /** A disabled image is shared with nobody any more; its tags hold with whom it was. */
  readonly isDisabled: boolean;
  readonly freesFastLaunch: boolean;
  /** What is to be said of it beside that it was done. */
  readonly note?: string;
}

/**
 * Deregisters an image and deletes its snapshots. Both carry tags before anything is removed, so that a run which
 * ends half-way leaves nothing that the next one does not know: a snapshot without its image is found by its tag.
 * Where EC2 certainly did nothing, the tags are taken off again: they would be claims on snapshots of an image that
 * stays.
 */
export async function deregister(context: PassContext, order: Deregistration): Promise<Outcome[]> {
  const { ec2, notes } = context;
  const { imageId, deleteSnapshots, takesAll } = order;
  let isTagged = false;
  const change = new Change();
  let rows: readonly DeleteSnapshotReturnCode[] = [];
  const image = await attempt(
    'deregister',
    imageId,
    async () => {
      const freeing = order.freesFastLaunch ? await freeFastLaunch(context, imageId) : undefined;
      if (freeing !== undefined) return freeing;
      // With whom it is shared is lost with it; a restore finds that in the tags.
      const saved = order.isDisabled ? { tags: {} } : await permissionsToSave(context, imageId);
      if ('status' in saved) return saved;
      await tag(context, order, saved.tags);
      isTagged = true;
      const objection = await context.lastCheck();
      if (objection !== undefined) return objection;
      const DeleteAssociatedSnapshots = takesAll && deleteSnapshots.length > 0;
      const command = new DeregisterImageCommand({ ImageId: imageId, DeleteAssociatedSnapshots });
      const answer = await change.send(ec2.send(command));
      rows = answer.DeleteSnapshotResults ?? [];
      return { status: 'done', ...(order.note && { reason: order.note }), requestId: answer.$metadata.requestId };
    },
    byItsState(ec2, imageId, ALREADY_GONE),
  );
  if (image.status !== 'done') return [change.mayBeDone ? image : await unmarked(context, order, image)];
  // Gone before its snapshots were tagged: someone else removed it, and its snapshots are theirs to delete.
  if (!isTagged) {
    notes.isUntouched = true;
    return [image];
  }
  const outcomes: Outcome[] = [image];
  for (const snapshotId of deleteSnapshots) {
    const row = rows.find(({ SnapshotId }) => SnapshotId === snapshotId);
    // No row: it was not asked for, or the answer was lost on the way. Deleting what is gone does nothing.
    if (row === undefined) {
      outcomes.push(await deleteTaggedSnapshot(context, snapshotId));
      continue;
    }
    outcomes.push(await attempt('delete-snapshot', snapshotId, async () => endingOf(row, image.requestId)));
    notes.snapshots.set(snapshotId, row.ReturnCode === 'success' ? 'deleted' : 'held');
  }
  return outcomes;
}

async function tag({ ec2, runId }: PassContext, order: Deregistration, saved: Tags): Promise<void> {
  const { imageId, deleteSnapshots, claimSnapshots, markKept } = order;
  await createTags(ec2, [imageId], { ...saved, [TAG.deregisterRun]: runId, [TAG.recycle]: 'true' });
  const claimed = [...deleteSnapshots, ...claimSnapshots];
  const claim = { [TAG.image]: imageId, [TAG.run]: runId, [TAG.recycle]: 'true' };
  if (claimed.length > 0) await createTags(ec2, claimed, claim);
  if (markKept.length > 0) await createTags(ec2, markKept, { [TAG.kept]: runId });
}

/** The image stays: the tags for its removal are taken off it and its snapshots again. */
function unmarked(
  context: PassContext,
  order: Deregistration,
  outcome: Exclude<Outcome, { status: 'done' }>,
): Promise<Outcome> {
  const { ec2 } = context;
  return withoutMarks(context, order.imageId, outcome, ['available', 'disabled'], 'restored', async () => {
    const permissions = order.isDisabled ? [] : PERMISSION_TAG_KEYS;
    await deleteTags(ec2, [order.imageId], [TAG.deregisterRun, TAG.recycle, ...permissions]);
    await deleteTags(ec2, [...order.deleteSnapshots, ...order.claimSnapshots], [TAG.image, TAG.run, TAG.recycle]);
    await deleteTags(ec2, order.markKept, [TAG.kept]);
  });
}

const FAILURES: Partial<Record<SnapshotReturnCodes, string>> = {
  'missing-permissions': 'access denied: the role lacks the permission ec2:DeleteSnapshot',
  'internal-error': 'EC2 had an internal error; the next run takes it up',
};

/** What one row of `DeregisterImage`'s answer means; a call that succeeds can leave snapshots behind. */
function endingOf({ ReturnCode: code }: DeleteSnapshotReturnCode, requestId: string | undefined): Ending {
  if (code === 'success') return { status: 'done', requestId };
  if (code === 'skipped') return { status: 'skipped', reason: 'another image maps it' };
  const refused = `EC2 refused it (${code ?? 'no reason given'}); the next run takes it up`;
  return { status: 'failed', reason: (code && FAILURES[code]) ?? refused };
}
