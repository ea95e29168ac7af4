import {
  DisableImageDeprecationCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Image } from '../model/image.ts';
import { savedPermissions } from '../model/launch-permissions.ts';
import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { byItsState, imageStateAfter } from './image-state.ts';
import { launchPermissionOf } from './launch-permissions.ts';
import { type ActionOf, attempt, type PassContext } from './pass.ts';
import { deleteOwnTags } from './tags.ts';

/**
 * Gives an image back what this tool took: it is enabled, shared and no longer deprecated. The tags go last, so
 * that a run which ends before is taken up by the next. What someone else did is left as it is.
 */
export function reinstate(context: PassContext, action: ActionOf<'reinstate'>, image: Image): Promise<Outcome> {
  const { imageId } = action;
  return attempt(
    'reinstate',
    imageId,
    async () => {
      const { ec2 } = context;
      let requestId: string | undefined;
      if (action.enable) {
        requestId = (await ec2.send(new EnableImageCommand({ ImageId: imageId }))).$metadata.requestId;
        const state = await imageStateAfter(ec2, imageId, 'available', context);
        if (state !== 'available') return { status: 'failed', reason: notEnabled(state), refused: true };
      }
      const permissions = savedPermissions(image.tags);
      if (permissions.length > 0) {
        const Add = permissions.map(launchPermissionOf);
        await ec2.send(new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add } }));
      }
      if (action.liftDeprecation) requestId = await liftDeprecation(context, image);
      await deleteOwnTags(ec2, imageId, image.tags);
      const reason = permissions.length === 0 ? {} : { reason: `shared again with ${permissions.join(', ')}` };
      return { status: 'done', ...reason, requestId };
    },
    byItsState(context.ec2, imageId, { status: 'done', reason: 'it was already gone' }),
  );
}

function notEnabled(state: string | undefined): string {
  if (state === undefined) return 'EC2 took the request to enable it, and does not show it any more';
  return `EC2 took the request to enable it, and shows it as ${state}; the next run goes on with it`;
}

/**
 * Lifts this tool's deprecation. Where someone else's date stood before and still lies ahead, that is set again;
 * where it has passed meanwhile, the image would be deprecated without this tool too, and stays so.
 */
async function liftDeprecation({ ec2, clock }: PassContext, { imageId, tags }: Image): Promise<string | undefined> {
  const previous = new Date(tags[TAG.previousDeprecationTime] ?? '');
  if (Number.isNaN(previous.getTime())) {
    return (await ec2.send(new DisableImageDeprecationCommand({ ImageId: imageId }))).$metadata.requestId;
  }
  if (previous.getTime() <= clock().getTime() + 120_000) return undefined;
  const command = new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt: previous });
  return (await ec2.send(command)).$metadata.requestId;
}
