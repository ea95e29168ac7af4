import { DisableImageCommand } from '@aws-sdk/client-ec2';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { PERMISSION_TAG_KEYS, savedPermissions, TAG } from '../../model/tags.ts';
import { byItsState, withoutMarks } from './image-state.ts';
import { permissionsToSave } from './launch-permissions.ts';
import { type ActionOf, attempt, Change, type PassContext } from './pass.ts';
import { createTags, deleteTags } from './tags.ts';

/**
 * Disables an image. EC2 then forgets whom it is shared with, so that is written into tags before. What earlier
 * tags hold is kept with it: a reinstatement that ended half-way has not given all of it back. Where EC2 certainly
 * did nothing, the tags are taken off again: an image that is available and carries them was enabled by someone.
 */
export async function disable(context: PassContext, { imageId }: ActionOf<'disable'>, image: Image): Promise<Outcome> {
  const { ec2, clock, lastCheck } = context;
  const change = new Change();
  const outcome = await attempt(
    'disable',
    imageId,
    async () => {
      const saved = await permissionsToSave(context, imageId, savedPermissions(image.tags));
      if ('status' in saved) return saved;
      const { tags, permissions } = saved;
      await createTags(ec2, [imageId], { ...tags, [TAG.disabledAt]: clock().toISOString() });
      const objection = await lastCheck();
      if (objection !== undefined) return objection;
      const { $metadata } = await change.send(ec2.send(new DisableImageCommand({ ImageId: imageId })));
      const reason =
        permissions.length === 0 ? {} : { reason: `its launch permissions are saved: ${permissions.join(', ')}` };
      return { status: 'done', ...reason, requestId: $metadata.requestId };
    },
    byItsState(ec2, imageId, { status: 'skipped', reason: 'it is gone' }),
  );
  if (outcome.status === 'done' || change.mayBeDone) return outcome;
  return withoutMarks(context, imageId, outcome, ['available'], 'enabled by someone', () =>
    // What it carried before stays.
    deleteTags(
      ec2,
      [imageId],
      [TAG.disabledAt, ...PERMISSION_TAG_KEYS].filter((key) => !(key in image.tags)),
    ),
  );
}
