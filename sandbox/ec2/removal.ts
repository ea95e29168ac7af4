import {
  DeleteSnapshot$,
  type DeleteSnapshotRequest,
  type DeleteSnapshotReturnCode,
  DeregisterImage$,
  type DeregisterImageRequest,
  type DeregisterImageResult,
  type Snapshot,
  type Tag,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { snapshotIdsOf } from '../image-map.ts';
import { type Context, type Operation, write } from '../operation.ts';
import { isProtected } from './image-changes.ts';
import { checkId, IMAGE_ID, mustFind, SNAPSHOT_ID } from './parameters.ts';
import { binned } from './recycle-bin.ts';
import { ownImage } from './shared-images.ts';
import { lockAt } from './snapshots.ts';

function isOfAwsBackup(tags: readonly Tag[] | undefined): boolean {
  return (tags ?? []).some((tag) => tag.Key?.startsWith('aws:backup:') === true);
}

/** Why EC2 would not delete a snapshot, apart from images that map it. */
function obstacle(snapshot: Snapshot, { state, now }: Context): ServiceError | undefined {
  const id = snapshot.SnapshotId ?? '';
  if (snapshot.OwnerId !== state.accountId)
    return new ServiceError('AuthFailure', `Not authorized for snapshot:${id}`, 403);
  const lock = state.snapshotLocks.get(id);
  if (lock !== undefined && lockAt(lock, now).LockState !== 'expired') {
    return new ServiceError('SnapshotLocked', `The snapshot '${id}' is locked and cannot be deleted.`);
  }
  if (isOfAwsBackup(snapshot.Tags)) {
    return new ServiceError(
      'InvalidParameterValue',
      `This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs. If you wish to delete this snapshot, please do so via the Backup console.`,
    );
  }
  return undefined;
}

function removeSnapshot(snapshot: Snapshot, { state, now }: Context): void {
  const id = snapshot.SnapshotId ?? '';
  const entry = binned('snapshot', snapshot, state, now);
  if (entry !== undefined) state.recycleBin.snapshots.set(id, entry);
  state.snapshots.delete(id);
  state.createVolumePermissions.delete(id);
  state.snapshotLocks.delete(id);
}

function deleteSnapshot(input: DeleteSnapshotRequest, context: Context): undefined {
  const snapshot = mustFind(context.state.snapshots, input.SnapshotId, SNAPSHOT_ID);
  const holder = context.state.images.holderOf(snapshot.SnapshotId ?? '');
  if (holder !== undefined) {
    throw new ServiceError(
      'InvalidSnapshot.InUse',
      `The snapshot ${snapshot.SnapshotId} is currently in use by ${holder}`,
    );
  }
  const refusal = obstacle(snapshot, context);
  if (refusal !== undefined) throw refusal;
  removeSnapshot(snapshot, context);
  return undefined;
}

/** One row for each snapshot of an image that is gone now. */
function removeWithImage(SnapshotId: string, context: Context): DeleteSnapshotReturnCode {
  const snapshot = context.state.snapshots.get(SnapshotId);
  if (snapshot === undefined) return { SnapshotId, ReturnCode: 'client-error' };
  if (context.state.images.holderOf(SnapshotId) !== undefined) return { SnapshotId, ReturnCode: 'skipped' };
  const refusal = obstacle(snapshot, context);
  if (refusal !== undefined)
    return { SnapshotId, ReturnCode: refusal.code === 'AuthFailure' ? 'missing-permissions' : 'client-error' };
  removeSnapshot(snapshot, context);
  return { SnapshotId, ReturnCode: 'success' };
}

function deregisterImage(input: DeregisterImageRequest, context: Context): DeregisterImageResult {
  const { state, now } = context;
  if (state.deregistered.has(checkId(input.ImageId, IMAGE_ID)) && !state.images.has(input.ImageId ?? '')) {
    throw new ServiceError('InvalidAMIID.Unavailable', `The image ID '${input.ImageId}' is no longer available`);
  }
  const image = ownImage(context, input.ImageId);
  const ImageId = image.ImageId ?? '';
  if (isProtected(image, now)) {
    throw new ServiceError(
      'OperationNotPermitted',
      `The image '${ImageId}' cannot be deregistered because deregistration protection is enabled for it.`,
    );
  }
  if (isOfAwsBackup(image.Tags)) {
    throw new ServiceError(
      'AuthFailure',
      'This image is managed by AWS Backup and cannot be deleted via EC2 APIs. To delete this image, please use the AWS Backup console, CLI, or SDKs.',
      403,
    );
  }
  // The bin takes EBS-backed images alone.
  const entry = image.RootDeviceType === 'instance-store' ? undefined : binned('image', image, state, now);
  if (entry !== undefined) state.recycleBin.images.set(ImageId, entry);
  state.images.delete(ImageId);
  state.launchPermissions.delete(ImageId);
  state.deregistered.set(ImageId, image);
  const lingersMilliseconds = state.settings.deregisteredLingersSeconds * 1000;
  if (lingersMilliseconds > 0) {
    state.lingering.set(ImageId, {
      image: { ...image, State: 'deregistered' },
      until: new Date(now.getTime() + lingersMilliseconds),
    });
  }
  const rows =
    input.DeleteAssociatedSnapshots === true
      ? snapshotIdsOf(image).map((id) => removeWithImage(id, context))
      : undefined;
  return { Return: true, DeleteSnapshotResults: rows };
}

export const removals: readonly Operation[] = [
  write(DeregisterImage$, deregisterImage),
  write(DeleteSnapshot$, deleteSnapshot),
];
