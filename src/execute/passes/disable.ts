import { DisableImageCommand } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { Image } from '../../model/image.ts';
import { PERMISSION_TAG_KEYS, savedPermissions } from '../../model/launch-permissions.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG } from '../../model/tags.ts';
import { byItsState, imageState } from './image-state.ts';
import { permissionsOf, permissionTags, sharedSince, TOO_MANY_PERMISSIONS } from './launch-permissions.ts';
import { type ActionOf, attempt, isRefusal, type PassContext } from './pass.ts';
import { createTags, deleteTags } from './tags.ts';

/**
 * Disables an image. EC2 then forgets whom it is shared with, so that is written into tags before. What earlier
 * tags hold is kept with it: a reinstatement that ended half-way has not given all of it back. Where EC2 certainly
 * did nothing, the tags are taken off again: an image that is available and carries them was enabled by someone.
 */
export async function disable(context: PassContext, { imageId }: ActionOf<'disable'>, image: Image): Promise<Outcome> {
  const { ec2, clock, lastCheck } = context;
  let mayBeDone = false;
  const outcome = await attempt(
    'disable',
    imageId,
    async () => {
      const present = await permissionsOf(context, imageId);
      const shared = sharedSince(context, present);
      if (shared !== undefined) return shared;
      const permissions = [...new Set([...savedPermissions(image.tags), ...present])];
      const saved = permissionTags(permissions);
      if (saved === undefined) return { status: 'skipped', reason: TOO_MANY_PERMISSIONS, refused: true };
      await createTags(ec2, [imageId], { ...saved, [TAG.disabledAt]: clock().toISOString() });
      const objection = await lastCheck?.();
      if (objection !== undefined) return objection;
      mayBeDone = true;
      const { $metadata } = await ec2.send(new DisableImageCommand({ ImageId: imageId })).catch((error: unknown) => {
        mayBeDone = !isRefusal(error);
        throw error;
      });
      const reason =
        permissions.length === 0 ? {} : { reason: `its launch permissions are saved: ${permissions.join(', ')}` };
      return { status: 'done', ...reason, requestId: $metadata.requestId };
    },
    byItsState(ec2, imageId, { status: 'skipped', reason: 'it is gone' }),
  );
  return outcome.status === 'done' || mayBeDone ? outcome : unmarked(context, image, outcome);
}

/** The image stays enabled: what it did not carry before is taken off again. */
async function unmarked(
  { ec2, notes }: PassContext,
  { imageId, tags }: Image,
  outcome: Exclude<Outcome, { status: 'done' }>,
): Promise<Outcome> {
  const keys = [TAG.disabledAt, ...PERMISSION_TAG_KEYS].filter((key) => !(key in tags));
  try {
    // Disabled all the same, by another run at the same time: the marks are its own.
    if ((await imageState(ec2, imageId)) !== 'available') return outcome;
    await deleteTags(ec2, [imageId], keys);
    notes?.untouched();
    return outcome;
  } catch (error) {
    const why = `its marks could not be taken off again, so that the next run takes it for enabled by someone: ${failureOf(error).sentence}`;
    return { ...outcome, reason: `${outcome.reason}; ${why}` };
  }
}
