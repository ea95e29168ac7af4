import { DisableImageCommand } from '@aws-sdk/client-ec2';
import type { Image } from '../model/image.ts';
import { savedPermissions } from '../model/launch-permissions.ts';
import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { permissionTags, readLaunchPermissions, TOO_MANY_PERMISSIONS } from './launch-permissions.ts';
import { type ActionOf, attempt, type Expected, type PassContext } from './pass.ts';
import { createTags } from './tags.ts';

const CHANGED: Expected = (name) =>
  /^(IncorrectState|InvalidAMIID\.(NotFound|Unavailable))$/.test(name)
    ? { status: 'skipped', reason: `its state changed meanwhile (${name})` }
    : undefined;

/**
 * Disables an image. EC2 then forgets whom it is shared with, so that is written into tags before. What earlier
 * tags hold is kept with it: a reinstatement that ended half-way has not given all of it back.
 */
export function disable(
  { ec2, clock, lastCheck }: PassContext,
  { imageId }: ActionOf<'disable'>,
  image: Image,
): Promise<Outcome> {
  return attempt(
    'disable',
    imageId,
    async () => {
      const permissions = [
        ...new Set([...savedPermissions(image.tags), ...(await readLaunchPermissions(ec2, imageId))]),
      ];
      const saved = permissionTags(permissions);
      if (saved === undefined) return { status: 'skipped', reason: TOO_MANY_PERMISSIONS, refused: true };
      await createTags(ec2, [imageId], { ...saved, [TAG.disabledAt]: clock().toISOString() });
      const objection = await lastCheck?.();
      if (objection !== undefined) return objection;
      const { $metadata } = await ec2.send(new DisableImageCommand({ ImageId: imageId }));
      const reason =
        permissions.length === 0 ? {} : { reason: `its launch permissions are saved: ${permissions.join(', ')}` };
      return { status: 'done', ...reason, requestId: $metadata.requestId };
    },
    CHANGED,
  );
}
