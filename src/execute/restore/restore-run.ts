import { RestoreImageFromRecycleBinCommand, RestoreSnapshotFromRecycleBinCommand } from '@aws-sdk/client-ec2';
import type { Clients } from '../../aws/clients.ts';
import { failureOf, unlessGone } from '../../aws/errors.ts';
import { readTimedTarget } from '../../inventory/identity.ts';
import { readImagesById } from '../../inventory/images.ts';
import type { JournalReader } from '../../journal/reader.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { requireClock } from '../../model/clock.ts';
import { JanitorError } from '../../model/errors.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import { givenBack, imageRecordOf, type JournalReading } from '../../model/journal.ts';
import { isDisabledByTool, isOwnDeprecation, longerKeep, permissionsToGiveBack, TAG } from '../../model/tags.ts';
import { acquireLock, type RunLock } from '../lock.ts';
import { createTags, deleteOwnTags, imageState, untilReady } from '../passes/image-state.ts';
import { reinstate } from '../passes/images.ts';
import {
  findRemoved,
  type Removed,
  type Restorable,
  type Restored,
  readRecords,
  whyNothing,
  wouldRestore,
} from './find-removed.ts';

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

const NAME_TAKEN =
  'another image has its name by now, and EC2 takes a name once; deregister or copy that one under another name, and restore again';

/** Time for people to mend the policy before a restored image can become due again. */
const KEEP_DAYS = 30;

/**
 * Brings back from the Recycle Bin what a run removed, and nothing that others did: every snapshot first, then the
 * images, then what else was taken from them. What comes back is kept by its `ami-janitor:keep` tag, written while it
 * lies in the bin: were the restore to end right after, the next run would give the rest back itself.
 * @throws JanitorError with why nothing can come back; ClockError where nobody can tell for how long it is kept
 */
export async function restore(request: RestoreRequest): Promise<readonly Restored[]> {
  const { runId, restoreRunId, clients, clock, confirm } = request;
  const { ec2, ssm } = clients;
  const { clock: reading, target } = await readTimedTarget(clients, clock);
  const journal = await readRecords(runId, request.journal, target);
  const removed = await findRemoved(ec2, runId, journal);
  const { rest } = removed;
  if (removed.images.length + removed.snapshots.length === 0) {
    if (rest.some(({ status }) => status === 'done')) return rest;
    throw new JanitorError(whyNothing(runId, removed));
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
    createTags(ec2, [id], { [TAG.keep]: longerKeep(keep, keepUntil), [TAG.restored]: runId });
  const reader = request.journal;
  const writer = reader && new JournalWriter({ reader, runId: request.restoreRunId, clock });
  const restored: Restored[] = [];
  const missing = new Map<string, string>();
  for (const snapshot of snapshots) {
    const { id, imageId } = snapshot;
    const one = await attempt(request, id, lock, async () => {
      await mark(snapshot);
      // A repeated request finds nothing where the first one did its work; of what is truly gone no tag comes off right after.
      await unlessGone(
        'InvalidSnapshot.NotFound',
        ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId: id })),
      );
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
      if (snapshot !== undefined) throw new JanitorError(`its snapshot ${snapshot} is not back yet; restore again`);
      await mark(image);
      const restoring = ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId: id }));
      // EC2 words the absence of one of its snapshots as its own, so that the image itself decides.
      await restoring.catch(async (error: unknown) => {
        if ((await readImagesById(ec2, [id])).length === 0) throw error;
      });
      const kept = longerKeep(image.keep, keepUntil) === image.keep ? 'as long as it says' : `for ${KEEP_DAYS} days`;
      return giveBack(request, id, kept, journal, writer);
    });
    restored.push(one);
  }
  return restored;
}

/**
 * Enabled, shared and not deprecated, as it was before this tool; says what the next run must still do.
 * @throws JanitorError where EC2 does not show it as it should be
 */
async function giveBack(
  request: RestoreRequest,
  imageId: ImageId,
  keptFor: string,
  journal: JournalReading,
  writer: JournalWriter | undefined,
): Promise<string> {
  const { clients, restoreRunId, clock, sleep } = request;
  const { ec2 } = clients;
  const read = () => readImagesById(ec2, [imageId]);
  const [image] = await untilReady({ clock, sleep }, read, (found) => found.length > 0);
  if (image === undefined)
    throw new JanitorError('it left the Recycle Bin, and EC2 does not show it yet; the next run reinstates it');
  await writer?.write([{ imageId, facts: { reinstating: { at: clock(), runId: restoreRunId } } }]);
  const record = imageRecordOf(journal, imageId);
  const enable = image.state === 'disabled' && isDisabledByTool(image, journal);
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
    throw new JanitorError(
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

/** Restores one image or snapshot while the lock is held; whatever it throws is how that ended. */
async function attempt(
  { signal }: RestoreRequest,
  resourceId: string,
  lock: RunLock,
  act: () => Promise<string | undefined>,
): Promise<Restored> {
  if (signal?.aborted === true) return { resourceId, status: 'skipped', reason: 'interrupted; restore again' };
  const lost = await lock.keep();
  if (lost !== undefined) return { resourceId, status: 'skipped', reason: `${lost}; restore again` };
  try {
    const reason = await act();
    return { resourceId, status: 'done', ...(reason && { reason }) };
  } catch (error) {
    const { kind, code, sentence } = failureOf(error);
    if (kind === 'not-found') return { resourceId, status: 'lost', reason: `it can't come back: ${sentence}` };
    const again = kind === 'throttled' ? `${sentence}; restore again` : sentence;
    return { resourceId, status: 'failed', reason: code === 'InvalidAMIName.Duplicate' ? NAME_TAKEN : again };
  }
}
