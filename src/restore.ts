import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Clients } from './aws/clients.ts';
import { failureOf } from './aws/errors.ts';
import { acquireLock } from './aws/lock.ts';
import { readTimedTarget } from './inventory/identity.ts';
import { readImagesById } from './inventory/images-by-id.ts';
import type { JournalReader } from './journal/reader.ts';
import { requireClock } from './model/clock.ts';
import { isOwnDeprecation } from './model/deprecation.ts';
import type { ImageId } from './model/ids.ts';
import { TAG } from './model/tags.ts';
import { untilReady } from './passes/catching-up.ts';
import { imageState } from './passes/image-state.ts';
import { reinstate } from './passes/reinstate.ts';
import { findRemoved, type InBin, type Removed, restoreImage, restoreSnapshot } from './passes/restore.ts';
import { createTags, deleteOwnTags } from './passes/tags.ts';

/** What bringing back a run's removals takes. */
export interface RestoreRequest {
  /** The run whose removals come back. */
  readonly runId: string;
  /** The restore's own run, which holds the lock. */
  readonly restoreRunId: string;
  readonly clients: Clients;
  /** What proves which run removed what; without it, tags alone tell. */
  readonly journal?: JournalReader | undefined;
  readonly clock: () => Date;
  /** Waits while EC2 catches up with itself; real time where it is left out. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
  /** Asked once with what would come back; false makes it a dry run. */
  readonly confirm: (removed: Removed) => Promise<boolean>;
}

/** How it ended for one image or snapshot. */
export interface Restored {
  readonly resourceId: string;
  /** `lost` where it can't come back. */
  readonly status: 'would-restore' | 'done' | 'failed' | 'lost' | 'skipped';
  readonly reason?: string;
}

/** There is nothing of that run to bring back. */
class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

/** It is out of the bin, and a look does not find it as it should be. */
class NotBackError extends Error {
  override readonly name = 'NotBackError';
}

/** Time for people to mend the policy before a restored image can become due again. */
const KEEP_DAYS = 30;

/**
 * Brings back from the Recycle Bin what a run removed: every snapshot first, then the images, then what else was
 * taken from them. What comes back is kept for 30 days by its `ami-janitor:keep` tag, written while it lies in the
 * bin: were the restore to end right after, the next run would see the tag and give the rest back itself.
 * @throws RestoreError where nothing is there to bring back, with what is known of why; ClockError where it can't be
 * told for how long that would be
 */
export async function restore(request: RestoreRequest): Promise<Restored[]> {
  const { runId, restoreRunId, clients, clock, confirm } = request;
  const { ec2, ssm } = clients;
  const removed = await findRemoved(ec2, runId);
  const lost = await lostImages(ec2, removed.elsewhere);
  if (removed.images.length + removed.snapshots.length === 0) throw new RestoreError(whyNothing(runId, removed, lost));
  if (!(await confirm(removed))) {
    const all = [...removed.snapshots, ...removed.images];
    return [
      ...all.map(({ id, until }) => ({ resourceId: id, status: 'would-restore' as const, ...untilReason(until) })),
      ...lost,
    ];
  }
  requireClock((await readTimedTarget(clients, clock)).clock);
  const lock = await acquireLock({ ssm, runId: restoreRunId, clock });
  try {
    const keepUntil = new Date(clock().getTime() + KEEP_DAYS * 86_400_000).toISOString();
    const restored: Restored[] = [];
    for (const { id } of removed.snapshots) {
      restored.push(
        await attempt(request, id, async () => {
          await createTags(ec2, [id], { [TAG.keep]: keepUntil });
          await restoreSnapshot(ec2, id).catch(unlessGone);
          await deleteOwnTags(ec2, id, { [TAG.image]: '', [TAG.run]: '', [TAG.orphanedAt]: '' });
          return undefined;
        }),
      );
    }
    for (const { id } of removed.images) {
      restored.push(
        await attempt(request, id, async () => {
          await createTags(ec2, [id], { [TAG.keep]: keepUntil });
          await restoreImage(ec2, id).catch((error: unknown) => unlessBack(ec2, id, error));
          return giveBack(request, id);
        }),
      );
    }
    return [...restored, ...lost];
  } finally {
    await lock.release();
  }
}

/**
 * Enabled, shared and not deprecated, as it was before this tool; says what the next run must still do.
 * @throws NotBackError where a look does not find it as it should be
 */
async function giveBack(request: RestoreRequest, imageId: ImageId): Promise<string> {
  const { clients, restoreRunId, clock, sleep } = request;
  const { ec2 } = clients;
  const [image] = await untilReady(
    { clock, sleep },
    () => readImagesById(ec2, [imageId]),
    (found) => found.length > 0,
  );
  if (image === undefined)
    throw new NotBackError('it left the Recycle Bin, and EC2 does not show it yet; the next run reinstates it');
  const enable = image.state === 'disabled' && image.tags[TAG.disabledAt] !== undefined;
  const outcome = await reinstate(
    { ec2, runId: restoreRunId, clock, sleep },
    { action: 'reinstate', imageId, liftDeprecation: isOwnDeprecation(image), enable },
    image,
  );
  const state = await imageState(ec2, imageId);
  const others = image.state === 'disabled' && !enable;
  if (state !== (others ? 'disabled' : 'available')) {
    const why = outcome.status === 'done' ? '' : `: ${outcome.reason}`;
    throw new NotBackError(
      `it left the Recycle Bin, and is ${state ?? 'not shown by EC2'}${why}; the next run goes on`,
    );
  }
  const kept = `kept by its tag ${TAG.keep} for ${KEEP_DAYS} days`;
  const asBefore = others ? 'disabled, as it was before this tool' : undefined;
  if (outcome.status === 'done') return [kept, asBefore, outcome.reason].filter(Boolean).join('; ');
  return `${kept}; not all could be given back, the next run does that: ${outcome.reason}`;
}

async function attempt(
  { signal }: RestoreRequest,
  resourceId: string,
  act: () => Promise<string | undefined>,
): Promise<Restored> {
  if (signal?.aborted === true) return { resourceId, status: 'skipped', reason: 'interrupted; restore again' };
  try {
    const reason = await act();
    return { resourceId, status: 'done', ...(reason && { reason }) };
  } catch (error) {
    if (error instanceof NotBackError) return { resourceId, status: 'failed', reason: error.message };
    const { kind, sentence } = failureOf(error);
    if (kind === 'not-found') return { resourceId, status: 'lost', reason: `it can't come back: ${sentence}` };
    return { resourceId, status: 'failed', reason: sentence };
  }
}

/**
 * A repeated request finds nothing in the bin where the first one, whose answer was lost, did its work. Where the
 * snapshot is truly gone, taking its tags off fails right after.
 */
function unlessGone(error: unknown): void {
  if (failureOf(error).kind !== 'not-found') throw error;
}

/** The same for an image; EC2 words the absence of one of its snapshots alike, so that the image itself must tell. */
async function unlessBack(ec2: EC2Client, imageId: ImageId, error: unknown): Promise<void> {
  if ((await readImagesById(ec2, [imageId])).length === 0) throw error;
}

/** Of the images that are not in the bin, those that are nowhere else either. */
async function lostImages(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Restored[]> {
  const there = new Set((await readImagesById(ec2, imageIds)).map(({ imageId }) => imageId));
  return imageIds
    .filter((imageId) => !there.has(imageId))
    .map((resourceId) => ({
      resourceId,
      status: 'lost',
      reason: 'the image is gone and not in the Recycle Bin: no rule covered it, or its time there is over',
    }));
}

function whyNothing(runId: string, { isKnown, inBin }: Removed, lost: readonly Restored[]): string {
  if (!isKnown && inBin === 0)
    return `the Recycle Bin is empty, and nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  if (!isKnown) return `nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  const gone = lost.length === 0 ? '' : ` (gone for good: ${lost.map(({ resourceId }) => resourceId).join(', ')})`;
  const bin = inBin === 0 ? 'the Recycle Bin is empty' : 'the Recycle Bin holds nothing of it';
  return `nothing that the run ${runId} removed can come back: ${bin}${gone}`;
}

function untilReason(until: InBin<string>['until']): { reason?: string } {
  return until === undefined ? {} : { reason: `in the Recycle Bin until ${until.toISOString()}` };
}
