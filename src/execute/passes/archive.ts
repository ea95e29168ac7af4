import { type EC2Client, ModifySnapshotTierCommand, RestoreSnapshotTierCommand } from '@aws-sdk/client-ec2';
import { movingNow, tieringsOf } from '../../inventory/snapshot-tiers.ts';
import { readSnapshotsById } from '../../inventory/snapshots.ts';
import type { SnapshotId } from '../../model/ids.ts';
import { type Image, snapshotIdsOf } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG, tagValue } from '../../model/tags.ts';
import { counted, listed } from '../../text/format.ts';
import { byItsState, createTags, deleteTags } from './image-state.ts';
import { type ActionOf, attempt, type Ending, type PassContext } from './pass.ts';

/** So many snapshots of an account EC2 archives at a time, and restores: https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-archive.html */
const MOST_ARCHIVED = 25;
const MOST_RESTORED = 5;

/**
 * Archives an image's snapshots: their tags first, so that what lies in the archive says who brought it there, and is
 * restored with its image. EC2 goes on with it for hours; a run that ends in between leaves the rest to the next.
 */
export function archive(context: PassContext, { imageId, archiveSnapshots }: ActionOf<'archive'>): Promise<Outcome> {
  const { ec2, clock, lastCheck, notes } = context;
  return attempt(
    'archive',
    imageId,
    async (change): Promise<Ending> => {
      // Where EC2 moves one already, another run or a person began it.
      const tierings = await tieringsOf(ec2, archiveSnapshots);
      const isMoving = (id: SnapshotId) => tierings.get(id)?.operation?.endsWith('-in-progress') === true;
      const left = archiveSnapshots.filter((id) => tierings.has(id) && !isMoving(id));
      const objection = left.length === 0 ? NOTHING_LEFT : await lastCheck();
      if (objection !== undefined) {
        notes.isUntouched = true;
        return objection;
      }
      const room = Math.max(0, MOST_ARCHIVED - (await movingNow(ec2, 'archival-in-progress')));
      const now = left.slice(0, room);
      if (now.length > 0) await createTags(ec2, now, { [TAG.archivedAt]: clock().toISOString() });
      let requestId: string | undefined;
      for (const SnapshotId of now) {
        const command = new ModifySnapshotTierCommand({ SnapshotId, StorageTier: 'archive' });
        requestId = (await change.send(ec2.send(command))).$metadata.requestId;
      }
      const rest = left.length - now.length;
      const reason = `EC2 is moving ${listed(now)} to the archive`;
      if (rest === 0) return { status: 'done', reason, requestId };
      const limited = `EC2 archives ${MOST_ARCHIVED} at a time, and the next run goes on with ${counted(rest, 'snapshot')}`;
      return { status: 'skipped', reason: now.length === 0 ? limited : `${reason}; ${limited}` };
    },
    byItsState(ec2, imageId, { status: 'skipped', reason: 'it is gone' }),
  );
}

const NOTHING_LEFT: Ending = {
  status: 'skipped',
  reason: 'its snapshots changed since, or EC2 is moving them already',
};

/**
 * Brings back what this tool archived of an image that is about to be enabled. EC2 takes up to 72 hours: until all of it
 * is back, the image stays as it is, and each run goes on.
 * @returns what it waits for, or what keeps it; nothing where all of its snapshots can be used
 */
export async function restoreFromArchive(ec2: EC2Client, image: Image): Promise<Ending | undefined> {
  const snapshots = await readSnapshotsById(ec2, snapshotIdsOf(image));
  const isOwn = (tags: (typeof snapshots)[number]['tags']) => tagValue(tags, TAG.archivedAt) !== undefined;
  // What was never archived is asked no more about: the usual case.
  const away = snapshots.filter(({ storageTier, tags }) => storageTier !== 'standard' || isOwn(tags));
  if (away.length === 0) return undefined;
  const tierings = await tieringsOf(
    ec2,
    away.map(({ snapshotId }) => snapshotId),
  );
  const waiting: SnapshotId[] = [];
  const toRestore: SnapshotId[] = [];
  for (const { snapshotId, storageTier, tags } of away) {
    const operation = tierings.get(snapshotId)?.operation ?? '';
    if (storageTier === 'standard' && !operation.endsWith('-in-progress') && operation !== TEMPORARY) continue;
    waiting.push(snapshotId);
    if (operation.endsWith('-in-progress')) continue;
    if (!isOwn(tags)) return { status: 'failed', reason: othersArchive(snapshotId), refused: true };
    toRestore.push(snapshotId);
  }
  if (toRestore.length > 0) {
    const moving = await movingNow(ec2, 'permanent-restore-in-progress', 'temporary-restore-in-progress');
    for (const SnapshotId of toRestore.slice(0, Math.max(0, MOST_RESTORED - moving)))
      await ec2.send(new RestoreSnapshotTierCommand({ SnapshotId, PermanentRestore: true }));
  }
  if (waiting.length === 0) {
    // What people restore while the tag is there, no later run archives again.
    await deleteTags(
      ec2,
      away.filter(({ tags }) => isOwn(tags)).map(({ snapshotId }) => snapshotId),
      [TAG.archivedAt],
    );
    return undefined;
  }
  const reason = `${listed(waiting)} must come back from the archive first, which takes up to 72 hours; the next run goes on with it`;
  return { status: 'skipped', reason };
}

/** It goes back to the archive by itself. */
const TEMPORARY = 'temporary-restore-completed';

function othersArchive(snapshotId: SnapshotId): string {
  return `${snapshotId} lies in the archive, and ami-janitor did not archive it: restore it there (aws ec2 restore-snapshot-tier), then the next run enables the image`;
}
