import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import { readImagesById } from '../../inventory/images.ts';
import type { ImageId } from '../../model/ids.ts';
import type { RunLock } from '../lock.ts';
import type { Removed, Restorable } from './find-removed.ts';

/** How it ended for one image or snapshot. */
export interface Restored {
  readonly resourceId: string;
  /** `lost` where it can't come back. */
  readonly status: 'would-restore' | 'done' | 'failed' | 'lost' | 'skipped';
  readonly reason?: string;
}

/** Why an image stays in the bin whose name was given to another one since. */
const NAME_TAKEN =
  'another image has its name by now, and EC2 takes a name once; deregister or copy that one under another name, and restore again';

/** What is not brought back, since it is back already or was never this run's. */
export function left({ back, byOthers }: Removed): Restored[] {
  return [
    ...back.map((resourceId) => ({ resourceId, status: 'done' as const, reason: 'it is back already' })),
    ...byOthers.map((resourceId) => ({
      resourceId,
      status: 'skipped' as const,
      reason: 'it carries the run’s tag, and it was removed by somebody else, so it stays in the Recycle Bin',
    })),
  ];
}

/** Why there is nothing to bring back. */
export function whyNothing(runId: string, { isKnown, inBin }: Removed, rest: readonly Restored[]): string {
  if (!isKnown && inBin === 0)
    return `the Recycle Bin is empty, and nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  if (!isKnown) return `nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  const idsOf = (status: Restored['status']) =>
    rest.flatMap((one) => (one.status === status ? one.resourceId : [])).join(', ');
  const [lost, others] = [idsOf('lost'), idsOf('skipped')];
  const gone = lost === '' ? '' : ` (gone for good: ${lost})`;
  const theirs = others === '' ? '' : ` (removed by somebody else: ${others})`;
  const bin = inBin === 0 ? 'the Recycle Bin is empty' : 'the Recycle Bin holds nothing of it';
  return `nothing that the run ${runId} removed can come back: ${bin}${gone}${theirs}`;
}

/** What a dry run says of something that would come back. */
export function wouldRestore({ id, until }: Restorable<string>): Restored {
  const reason = until && { reason: `in the Recycle Bin until ${until.toISOString()}` };
  return { resourceId: id, status: 'would-restore', ...reason };
}

/** Restores one image or snapshot while the lock is held; whatever it throws is how that ended. */
export async function attempt(
  { signal }: { readonly signal?: AbortSignal },
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

/** Of the images that are not in the bin, those that are nowhere else either. */
export async function lostImages(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Restored[]> {
  const there = new Set((await readImagesById(ec2, imageIds)).map(({ imageId }) => imageId));
  return imageIds
    .filter((imageId) => !there.has(imageId))
    .map((resourceId) => ({
      resourceId,
      status: 'lost',
      reason: 'the image is gone and not in the Recycle Bin: no rule covered it, or its time there is over',
    }));
}
