import {
  DisableImageDeregistrationProtectionCommand,
  EnableImageDeregistrationProtectionCommand,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG, tagValue } from '../../model/tags.ts';
import { byItsState, createTags, deleteTags, withoutMarks } from './image-state.ts';
import { attempt, Change, type Ending, type PassContext } from './pass.ts';

const GONE: Ending = { status: 'skipped', reason: 'it is gone' };

/**
 * Turns EC2's deregistration protection on, never with its cooldown. The tag says before that it is begun, and after that
 * this run did it: where a run ends in between, nobody knows who turned it on, and it counts as a person's.
 */
export async function protect(context: PassContext, { imageId }: Image): Promise<Outcome> {
  const { ec2, runId } = context;
  const change = new Change();
  const tag = (value: string) => createTags(ec2, [imageId], { [TAG.protectRun]: value });
  const outcome = await attempt(
    'protect',
    imageId,
    async (): Promise<Ending> => {
      await tag(`begun ${runId}`);
      const command = new EnableImageDeregistrationProtectionCommand({ ImageId: imageId, WithCooldown: false });
      const { $metadata } = await change.send(ec2.send(command));
      const untold = await tag(runId).then(
        () => undefined,
        (error: unknown) => failureOf(error).sentence,
      );
      return untold === undefined
        ? { status: 'done', requestId: $metadata.requestId }
        : {
            status: 'failed',
            reason: `it is on, and counts as a person's, since its tag could not be written: ${untold}`,
          };
    },
    byItsState(ec2, imageId, GONE),
  );
  if (outcome.status === 'done' || change.mayBeDone) return outcome;
  return withoutMarks(context, imageId, outcome, ['available'], 'one of which it was begun', () =>
    deleteTags(ec2, [imageId], [TAG.protectRun]),
  );
}

/**
 * Turns off what this tool turned on. The tag names this run before, which proves nothing any more: what is on after a run
 * that ended in between counts as a person's.
 */
export async function unprotect(context: PassContext, { imageId, tags }: Image): Promise<Outcome> {
  const { ec2, runId, lastCheck } = context;
  const change = new Change();
  const outcome = await attempt(
    'unprotect',
    imageId,
    async (): Promise<Ending> => {
      await createTags(ec2, [imageId], { [TAG.protectRun]: runId });
      const objection = await lastCheck();
      if (objection !== undefined) return objection;
      const command = new DisableImageDeregistrationProtectionCommand({ ImageId: imageId });
      const { $metadata } = await change.send(ec2.send(command));
      await deleteTags(ec2, [imageId], [TAG.protectRun]);
      return { status: 'done', requestId: $metadata.requestId };
    },
    byItsState(ec2, imageId, GONE),
  );
  if (outcome.status === 'done' || change.mayBeDone) return outcome;
  return withoutMarks(context, imageId, outcome, ['available', 'disabled'], 'one that a person protects', async () => {
    await createTags(ec2, [imageId], { [TAG.protectRun]: tagValue(tags, TAG.protectRun) ?? runId });
  });
}
