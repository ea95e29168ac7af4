import { type DeleteSnapshotReturnCode, DeregisterImageCommand } from '@aws-sdk/client-ec2';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { deleteTaggedSnapshot } from './delete-snapshot.ts';
import { permissionTags, readLaunchPermissions, TOO_MANY_PERMISSIONS } from './launch-permissions.ts';
import { attempt, type Ending, IMAGE_GONE, type PassContext } from './pass.ts';
import { createTags } from './tags.ts';

/** One image to deregister, and what becomes of its snapshots. */
export interface Deregistration {
  readonly imageId: ImageId;
  /** Deleted with it. */
  readonly deleteSnapshots: readonly SnapshotId[];
  /** Held back for now by a lock, by sharing or by a template: tagged too, so that a later run takes them up. */
  readonly claimSnapshots: readonly SnapshotId[];
  /** True where `deleteSnapshots` are all that the image has: EC2 can delete them with it. */
  readonly takesAll: boolean;
  /** A disabled image is shared with nobody any more; its tags hold with whom it was. */
  readonly isDisabled: boolean;
  /** What is to be said of it beside that it was done. */
  readonly note?: string;
}

/**
 * Deregisters an image and deletes its snapshots. Both carry tags before anything is removed, so that a run which
 * ends half-way leaves nothing that the next one does not know: a snapshot without its image is found by its tag.
 */
export async function deregister(context: PassContext, order: Deregistration): Promise<Outcome[]> {
  const { ec2, runId } = context;
  const { imageId, deleteSnapshots, claimSnapshots, takesAll } = order;
  let tagged = false;
  let rows: readonly DeleteSnapshotReturnCode[] = [];
  const image = await attempt(
    'deregister',
    imageId,
    async () => {
      // With whom it is shared is lost with it; a restore finds that in the tags.
      const saved = order.isDisabled ? {} : permissionTags(await readLaunchPermissions(ec2, imageId));
      if (saved === undefined) return { status: 'skipped', reason: TOO_MANY_PERMISSIONS, refused: true };
      await createTags(ec2, [imageId], { ...saved, [TAG.deregisterRun]: runId });
      const snapshots = [...deleteSnapshots, ...claimSnapshots];
      if (snapshots.length > 0) await createTags(ec2, snapshots, { [TAG.image]: imageId, [TAG.run]: runId });
      tagged = true;
      const objection = await context.lastCheck?.();
      if (objection !== undefined) return objection;
      const DeleteAssociatedSnapshots = takesAll && deleteSnapshots.length > 0;
      const answer = await ec2.send(new DeregisterImageCommand({ ImageId: imageId, DeleteAssociatedSnapshots }));
      rows = answer.DeleteSnapshotResults ?? [];
      return { status: 'done', ...(order.note && { reason: order.note }), requestId: answer.$metadata.requestId };
    },
    IMAGE_GONE,
  );
  // Gone before its snapshots were tagged: someone else removed it, and its snapshots are theirs to delete.
  if (image.status !== 'done' || !tagged) return [image];
  const outcomes: Outcome[] = [image];
  for (const snapshotId of deleteSnapshots) {
    const row = rows.find(({ SnapshotId }) => SnapshotId === snapshotId);
    // No row: it was not asked for, or the answer was lost on the way. Deleting what is gone does nothing.
    if (row === undefined) outcomes.push(await deleteTaggedSnapshot(context, snapshotId));
    else outcomes.push(await attempt('delete-snapshot', snapshotId, async () => endingOf(row, image.requestId)));
  }
  return outcomes;
}

/** What one row of `DeregisterImage`'s answer means; a call that succeeds can leave snapshots behind. */
function endingOf({ ReturnCode }: DeleteSnapshotReturnCode, requestId: string | undefined): Ending {
  switch (ReturnCode) {
    case 'success':
      return { status: 'done', requestId };
    case 'skipped':
      return { status: 'skipped', reason: 'another image maps it' };
    case 'missing-permissions':
      return { status: 'failed', reason: 'access denied: the role lacks the permission ec2:DeleteSnapshot' };
    case 'internal-error':
      return { status: 'failed', reason: 'EC2 had an internal error; the next run takes it up' };
    default:
      return {
        status: 'failed',
        reason: `EC2 refused it (${ReturnCode ?? 'no reason given'}); the next run takes it up`,
      };
  }
}
