import {
  type EC2Client,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../aws/clients.ts';
import { failureOf } from '../../aws/errors.ts';
import { readTimedTarget } from '../../inventory/identity.ts';
import { readImagesById } from '../../inventory/images.ts';
import type { JournalReader } from '../../journal/reader.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { requireClock } from '../../model/clock.ts';
import { JanitorError } from '../../model/errors.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import { givenBack, type ImageRecord, imageRecordOf, type JournalReading } from '../../model/journal.ts';
import { isOwnDeprecation, longerKeep, permissionsToGiveBack, TAG } from '../../model/tags.ts';
import { acquireLock, type RunLock } from '../lock.ts';
import { imageState, untilReady } from '../passes/image-state.ts';
import { reinstate } from '../passes/reinstate.ts';
import { createTags, deleteOwnTags } from '../passes/tags.ts';
import { findRemoved, type Removed, type Restorable, readRecords } from './find-removed.ts';
import { attempt, left, lostImages, type Restored, whyNothing, wouldRestore } from './restored.ts';

/** What bringing back a run's removals takes. */
export interface RestoreRequest {
  /** The run whose removals come back. */
  readonly runId: string;
  /** The restore's own run, which holds the lock. */
  readonly restoreRunId: string;
  readonly clients: Clients;
  /** What proves which run removed what; without it, tags alone decide. */
  readonly journal?: JournalReader | undefined;
  readonly clock: () => Date;
  /** Waits while EC2 catches up with itself; real time where it is left out. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
  /** Asked once with what would come back; false makes it a dry run. */
  readonly confirm: (removed: Removed) => Promise<boolean>;
}

/** There is nothing to bring back, or what is out of the bin is not shown by EC2 as it should be. */
class RestoreError extends JanitorError {
  override readonly name = 'RestoreError';
}

/** Time for people to mend the policy before a restored image can become due again. */
const KEEP_DAYS = 30;

/**
 * Brings back from the Recycle Bin what a run removed, and nothing that others did: every snapshot first, then the
 * images, then what else was taken from them. What comes back is kept for 30 days, or as long as people asked for, by
 * its `ami-janitor:keep` tag, written while it lies in the bin: were the restore to end right after, the next run would
 * see the tag and give the rest back itself.
 * @throws RestoreError where nothing is there to bring back, with what is known of why; ClockError where it can't be
 * told for how long that would be
 */
export async function restore(request: RestoreRequest): Promise<Restored[]> {
  const { runId, restoreRunId, clients, clock, confirm } = request;
  const { ec2, ssm } = clients;
  const { clock: reading, target } = await readTimedTarget(clients, clock);
  const journal = await readRecords(runId, request.journal, target);
  const removed = await findRemoved(ec2, runId, journal);
  const rest = [...(await lostImages(ec2, removed.notInBin)), ...left(removed)];
  if (removed.images.length + removed.snapshots.length === 0) {
    if (removed.back.length > 0) return rest;
    throw new RestoreError(whyNothing(runId, removed, rest));
  }
  if (!(await confirm(removed))) {
    const all = [...removed.snapshots, ...removed.images];
    return [...all.map(wouldRestore), ...rest];
  }
  requireClock(reading);
  const lock = await acquireLock({ ssm, runId: restoreRunId, clock });
  try {
    return [...(await bringBack(request, journal, removed, lock)), ...rest];
  } finally {
    await lock.release();
  }
}

async function bringBack(
  request: RestoreRequest,
  journal: JournalReading,
  { snapshots, images }: Removed,
  lock: RunLock,
): Promise<Restored[]> {
  const { runId, clients, clock } = request;
  const { ec2 } = clients;
  const keepUntil = new Date(clock().getTime() + KEEP_DAYS * 86_400_000).toISOString();
  const mark = ({ id, keep }: Restorable<ImageId | SnapshotId>) =>
    createTags(ec2, [id], { [TAG.keep]: longerKeep(keep, keepUntil) ?? keepUntil, [TAG.restored]: runId });
  const reader = request.journal;
  const writer = reader && new JournalWriter({ reader, runId: request.restoreRunId, clock });
  const restored: Restored[] = [];
  const missing = new Map<string, string>();
  for (const snapshot of snapshots) {
    const { id, imageId } = snapshot;
    const one = await attempt(request, id, lock, async () => {
      await mark(snapshot);
      await ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId: id })).catch(unlessGone);
      await deleteOwnTags(ec2, id, { [TAG.image]: '', [TAG.run]: '', [TAG.orphanedAt]: '', [TAG.recycle]: '' });
      await writer?.write([{ snapshotId: id, facts: { claimed: null, orphaned: null, refused: null } }]);
      return undefined;
    });
    restored.push(one);
    if (imageId !== undefined && (one.status === 'failed' || one.status === 'skipped')) missing.set(imageId, id);
  }
  for (const image of images) {
    const { id } = image;
    const snapshot = missing.get(id);
    const one = await attempt(request, id, lock, async () => {
      if (snapshot !== undefined) throw new RestoreError(`its snapshot ${snapshot} is not back yet; restore again`);
      await mark(image);
      // EC2 refuses while a snapshot of it is missing.
      const restoring = ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId: id }));
      await restoring.catch((error: unknown) => unlessBack(ec2, id, error));
      const kept = longerKeep(image.keep, keepUntil) === image.keep ? 'as long as it says' : `for ${KEEP_DAYS} days`;
      return giveBack(request, id, kept, imageRecordOf(journal, id), writer);
    });
    restored.push(one);
  }
  return restored;
}

/**
 * Enabled, shared and not deprecated, as it was before this tool; says what the next run must still do.
 * @throws RestoreError where EC2 does not show it as it should be
 */
async function giveBack(
  request: RestoreRequest,
  imageId: ImageId,
  keptFor: string,
  record: ImageRecord | undefined,
  writer: JournalWriter | undefined,
): Promise<string> {
  const { clients, restoreRunId, clock, sleep } = request;
  const { ec2 } = clients;
  const read = () => readImagesById(ec2, [imageId]);
  const [image] = await untilReady({ clock, sleep }, read, (found) => found.length > 0);
  if (image === undefined)
    throw new RestoreError('it left the Recycle Bin, and EC2 does not show it yet; the next run reinstates it');
  await writer?.write([{ imageId, facts: { reinstating: { at: clock(), runId: restoreRunId } } }]);
  const isDisabledHere = image.tags[TAG.disabledAt] !== undefined || record?.disabled !== undefined;
  const enable = image.state === 'disabled' && isDisabledHere;
  const liftDeprecation = isOwnDeprecation(image, record?.deprecated?.at);
  const outcome = await reinstate(
    { ec2, clock, sleep },
    { action: 'reinstate', imageId, liftDeprecation, enable, ...permissionsToGiveBack(image, record) },
    image,
  );
  const state = await imageState(ec2, imageId);
  const others = image.state === 'disabled' && !enable;
  if (state !== (others ? 'disabled' : 'available')) {
    const why = outcome.status === 'done' ? '' : `: ${outcome.reason}`;
    throw new RestoreError(
      `it left the Recycle Bin, and is ${state ?? 'not shown by EC2'}${why}; the next run goes on`,
    );
  }
  const kept = `kept by its tag ${TAG.keep} ${keptFor}`;
  const asBefore = others ? 'disabled, as it was before this tool' : undefined;
  if (outcome.status !== 'done')
    return `${kept}; not all could be given back, the next run does that: ${outcome.reason}`;
  await writer?.write([{ imageId, facts: givenBack(record) }]);
  return [kept, asBefore, outcome.reason].filter(Boolean).join('; ');
}

/** A repeated request finds nothing where the first one did its work; of what is truly gone no tag comes off right after. */
function unlessGone(error: unknown): void {
  if (failureOf(error).kind !== 'not-found') throw error;
}

/** The same for an image; EC2 words the absence of one of its snapshots alike, so that the image itself decides. */
async function unlessBack(ec2: EC2Client, imageId: ImageId, error: unknown): Promise<void> {
  if ((await readImagesById(ec2, [imageId])).length === 0) throw error;
}
