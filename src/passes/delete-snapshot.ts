import { DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import type { SnapshotId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { type ActionOf, attempt, type Expected, isRefusal, type PassContext } from './pass.ts';
import { createTags } from './tags.ts';

/**
 * What EC2 says of a snapshot that it does not delete. The code for a locked one is not documented, so that any
 * error that speaks of a lock counts.
 */
const REFUSED: Expected = (name, message) => {
  if (name === 'InvalidSnapshot.NotFound') return { status: 'done', reason: 'it was already gone' };
  if (name === 'InvalidSnapshot.InUse') return { status: 'skipped', reason: 'an image maps it' };
  if (/\block(ed)?\b/i.test(message) || /Lock/.test(name)) return { status: 'skipped', reason: 'it is locked' };
  if (/AWS Backup/i.test(message)) return { status: 'skipped', reason: 'AWS Backup manages it' };
  return undefined;
};

/** Deletes a snapshot that carries this run's tags already. */
export async function deleteTaggedSnapshot(context: PassContext, snapshotId: SnapshotId): Promise<Outcome> {
  let isRefused = false;
  const outcome = await attempt(
    'delete-snapshot',
    snapshotId,
    () =>
      sendDelete(context.ec2, snapshotId).catch((error: unknown) => {
        isRefused = isRefusal(error);
        throw error;
      }),
    REFUSED,
  );
  if (outcome.status === 'done') context.notes?.snapshot(snapshotId, 'deleted');
  else if (isRefused) context.notes?.snapshot(snapshotId, 'held');
  return outcome;
}

/** Deletes a snapshot that an earlier run tagged; the tag of this run goes first, so that a restore finds it. */
export async function deleteSnapshot(
  { ec2, runId, notes }: PassContext,
  { snapshotId }: ActionOf<'delete-snapshot'>,
): Promise<Outcome> {
  let mayBeDone = false;
  const outcome = await attempt(
    'delete-snapshot',
    snapshotId,
    async () => {
      await createTags(ec2, [snapshotId], { [TAG.run]: runId });
      mayBeDone = true;
      return sendDelete(ec2, snapshotId).catch((error: unknown) => {
        mayBeDone = !isRefusal(error);
        throw error;
      });
    },
    REFUSED,
  );
  if (outcome.status === 'done') notes?.snapshot(snapshotId, 'deleted');
  else if (!mayBeDone) notes?.untouched();
  return outcome;
}

async function sendDelete(ec2: PassContext['ec2'], snapshotId: SnapshotId) {
  const { $metadata } = await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }));
  return { status: 'done', requestId: $metadata.requestId } as const;
}
