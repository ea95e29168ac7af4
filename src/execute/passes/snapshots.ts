import { DeleteSnapshotCommand, DescribeLockedSnapshotsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import { listOf } from '../../aws/requests.ts';
import type { SnapshotId } from '../../model/ids.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG } from '../../model/tags.ts';
import { createTags, untilReady } from './image-state.ts';
import { type ActionOf, ALREADY_GONE, attempt, Change, type Ending, type Expected, type PassContext } from './pass.ts';

/**
 * What EC2 says of a snapshot that it does not delete. Its code for a locked one is not documented, and texts that
 * speak of locks need not mean one: AWS's own list of locked snapshots decides.
 */
function refusedFor(ec2: EC2Client, snapshotId: SnapshotId, inUse: string): Expected {
  return async (code, message) => {
    if (code === 'InvalidSnapshot.NotFound') return ALREADY_GONE;
    if (code === 'InvalidSnapshot.InUse') return { status: 'skipped', reason: inUse };
    // "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs."
    if (code === 'InvalidParameterValue' && message.includes('AWS Backup'))
      return { status: 'skipped', reason: 'AWS Backup manages it', refused: true };
    return (await isLocked(ec2, snapshotId)) ? { status: 'skipped', reason: 'it is locked' } : undefined;
  };
}

async function isLocked(ec2: EC2Client, snapshotId: SnapshotId): Promise<boolean> {
  const answer = await ec2.send(new DescribeLockedSnapshotsCommand({ SnapshotIds: [snapshotId] }));
  return listOf(answer.Snapshots, 'Snapshots').some(
    ({ SnapshotId, LockState }) => SnapshotId === snapshotId && LockState !== 'expired',
  );
}

/**
 * Deletes a snapshot that carries this run's tags already, right after its image was deregistered. EC2 may still count
 * that image for some seconds.
 */
export async function deleteTaggedSnapshot(context: PassContext, snapshotId: SnapshotId): Promise<Outcome> {
  const { ec2 } = context;
  let change = new Change();
  const stillInUse =
    'EC2 still says that an image uses it, seconds after its own was deregistered; the next run takes it up';
  const send = () => {
    change = new Change();
    return change.send(sendDelete(ec2, snapshotId)).then(
      (ending) => ({ ending }),
      (error: unknown) => ({ error }),
    );
  };
  const outcome = await attempt(
    'delete-snapshot',
    snapshotId,
    async () => {
      const tried = await untilReady(
        context,
        send,
        (one) => 'ending' in one || failureOf(one.error).code !== 'InvalidSnapshot.InUse',
      );
      if ('ending' in tried) return tried.ending;
      throw tried.error;
    },
    refusedFor(ec2, snapshotId, stillInUse),
  );
  if (outcome.status === 'done') context.notes.snapshots.set(snapshotId, 'deleted');
  else if (change.isRefused) context.notes.snapshots.set(snapshotId, 'held');
  return outcome;
}

/** Deletes a snapshot that an earlier run tagged; the tag of this run goes first, so that a restore finds it. */
export async function deleteSnapshot(
  { ec2, runId, notes }: PassContext,
  { snapshotId }: ActionOf<'delete-snapshot'>,
): Promise<Outcome> {
  const change = new Change();
  const outcome = await attempt(
    'delete-snapshot',
    snapshotId,
    async () => {
      await createTags(ec2, [snapshotId], { [TAG.run]: runId, [TAG.recycle]: 'true' });
      return change.send(sendDelete(ec2, snapshotId));
    },
    refusedFor(ec2, snapshotId, 'an image maps it'),
  );
  if (outcome.status === 'done') notes.snapshots.set(snapshotId, 'deleted');
  else if (!change.mayBeDone) notes.isUntouched = true;
  return outcome;
}

async function sendDelete(ec2: EC2Client, snapshotId: SnapshotId): Promise<Ending> {
  const { $metadata } = await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }));
  return { status: 'done', requestId: $metadata.requestId };
}

/** Tags a snapshot that others orphaned: its grace runs from now, and nothing else is done to it before. */
export async function markOrphan(
  { ec2, clock, notes }: PassContext,
  { snapshotId, imageId }: ActionOf<'mark-orphan'>,
): Promise<Outcome> {
  const tags = { [TAG.image]: imageId, [TAG.orphanedAt]: clock().toISOString() };
  return attempt(
    'mark-orphan',
    snapshotId,
    async (change) => ({ status: 'done', requestId: await change.send(createTags(ec2, [snapshotId], tags)) }),
    (code) => (code === 'InvalidSnapshot.NotFound' ? ALREADY_GONE : undefined),
    notes,
  );
}
