import { setTimeout as sleepFor } from 'node:timers/promises';
import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import { readImagesById } from '../../inventory/images.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Tags } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG, TAG_PREFIX } from '../../model/tags.ts';
import type { Ending, Expected, PassContext } from './pass.ts';

/** How long EC2 is given to catch up with what it just did, in steps: fifteen seconds together. */
const WAITS_MILLISECONDS = [1_000, 2_000, 4_000, 8_000] as const;

type Waiting = Pick<PassContext, 'clock' | 'sleep' | 'deadline'>;

/**
 * Tries something until it is as it should be, with growing waits between, as far as the run's time allows.
 * @param isReady whether what it gave is what was waited for
 */
export async function untilReady<Value>(
  waiting: Waiting,
  attempt: () => Promise<Value>,
  isReady: (value: Value) => boolean,
): Promise<Value> {
  let value = await attempt();
  for (const wait of WAITS_MILLISECONDS) {
    if (isReady(value) || !(await hasWaited(waiting, wait))) return value;
    value = await attempt();
  }
  return value;
}

async function hasWaited({ clock, sleep = sleepFor, deadline }: Waiting, milliseconds: number): Promise<boolean> {
  if (deadline !== undefined && clock().getTime() + milliseconds >= deadline.getTime()) return false;
  await sleep(milliseconds);
  return true;
}

/** AWS's own word for what an image is this moment; undefined where it is gone. */
export async function imageState(ec2: EC2Client, imageId: ImageId): Promise<string | undefined> {
  return (await readImagesById(ec2, [imageId]))[0]?.state;
}

/**
 * What it means that EC2 does not act on an image: `InvalidAMIID.Unavailable` also says that its state does not allow
 * it, so that its state tells.
 * @param gone how the action ends where the image is gone
 */
export function byItsState(ec2: EC2Client, imageId: ImageId, gone: Ending): Expected {
  return async (code) => {
    if (code !== 'InvalidAMIID.NotFound' && code !== 'InvalidAMIID.Unavailable' && code !== 'IncorrectState')
      return undefined;
    const state = await imageState(ec2, imageId);
    if (state === undefined) return gone;
    const reason = `EC2 did not act on it (${code}): its state is ${state}`;
    return { status: 'failed', reason: `${reason}; the next run takes it up`, refused: true };
  };
}

/**
 * The image stays as it was: the tags that announced the change are taken off again, where EC2 did nothing.
 * @param marked the states in which the tags are this run's alone: in another, another run did it at the same time
 * @param mistakenFor as what the next run takes an image that keeps the tags
 */
export async function withoutMarks(
  { ec2, notes }: PassContext,
  imageId: ImageId,
  outcome: Exclude<Outcome, { status: 'done' }>,
  marked: readonly string[],
  mistakenFor: string,
  takeOff: () => Promise<void>,
): Promise<Outcome> {
  try {
    const state = await imageState(ec2, imageId);
    if (state === undefined || !marked.includes(state)) return outcome;
    await takeOff();
    notes.isUntouched = true;
    return outcome;
  } catch (error) {
    const why = `its marks could not be taken off again, so that the next run takes it for ${mistakenFor}: ${failureOf(error).sentence}`;
    return { ...outcome, reason: `${outcome.reason}; ${why}` };
  }
}

/** Writes tags on images or snapshots, in one call that does all or nothing. */
export async function createTags(
  ec2: EC2Client,
  resourceIds: readonly string[],
  tags: Tags,
): Promise<string | undefined> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { $metadata } = await ec2.send(new CreateTagsCommand({ Resources: [...resourceIds], Tags }));
  return $metadata.requestId;
}

const LEFT_ON: ReadonlySet<string> = new Set([TAG.keep, TAG.restored, TAG.protectRun]);

/**
 * Takes off every tag of this tool's own that a resource carries. People's `ami-janitor:keep` is theirs; of a restore and of
 * protection the word stays.
 */
export async function deleteOwnTags(ec2: EC2Client, resourceId: string, tags: Tags): Promise<void> {
  const keys = Object.keys(tags).filter((key) => key.startsWith(TAG_PREFIX) && !LEFT_ON.has(key));
  // Without any key, EC2 would delete every tag.
  if (keys.length === 0) return;
  await ec2.send(new DeleteTagsCommand({ Resources: [resourceId], Tags: keys.map((Key) => ({ Key })) }));
}

/** Takes certain tags off images or snapshots; what is gone has none any more. */
export async function deleteTags(
  ec2: EC2Client,
  resourceIds: readonly string[],
  keys: readonly string[],
): Promise<void> {
  // Without any key, EC2 would delete every tag.
  if (resourceIds.length === 0 || keys.length === 0) return;
  try {
    await ec2.send(new DeleteTagsCommand({ Resources: [...resourceIds], Tags: keys.map((Key) => ({ Key })) }));
  } catch (error) {
    if (failureOf(error).kind !== 'not-found') throw error;
    // One that is gone fails the call for all.
    if (resourceIds.length > 1) for (const id of resourceIds) await deleteTags(ec2, [id], keys);
  }
}

/** The longest value that EC2 takes for a tag. */
export const TAG_VALUE_LENGTH = 255;

/** A text cut to what a tag can hold. */
export function tagText(text: string): string {
  return [...text].slice(0, TAG_VALUE_LENGTH).join('');
}
