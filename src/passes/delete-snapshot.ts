import { DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import type { SnapshotId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { type ActionOf, attempt, type Expected, type PassContext } from './pass.ts';
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
export function deleteTaggedSnapshot({ ec2 }: PassContext, snapshotId: SnapshotId): Promise<Outcome> {
  return attempt('delete-snapshot', snapshotId, async () => sendDelete(ec2, snapshotId), REFUSED);
}

/** Deletes a snapshot that an earlier run tagged; the tag of this run goes first, so that a restore finds it. */
export function deleteSnapshot(
  { ec2, runId }: PassContext,
  { snapshotId }: ActionOf<'delete-snapshot'>,
): Promise<Outcome> {
  return attempt(
    'delete-snapshot',
    snapshotId,
    async () => {
      await createTags(ec2, [snapshotId], { [TAG.run]: runId });
      return sendDelete(ec2, snapshotId);
    },
    REFUSED,
  );
}

async function sendDelete(ec2: PassContext['ec2'], snapshotId: SnapshotId) {
  const { $metadata } = await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }));
  return { status: 'done', requestId: $metadata.requestId } as const;
}
