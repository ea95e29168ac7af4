import {
  DisableImageDeprecationCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { TAG } from '../../model/tags.ts';
import { byItsState, imageState, untilReady } from './image-state.ts';
import { launchPermissionOf, readLaunchPermissions } from './launch-permissions.ts';
import { type ActionOf, ALREADY_GONE, attempt, type PassContext } from './pass.ts';
import { deleteOwnTags, deleteTags } from './tags.ts';

/** What marks a snapshot as one of an image that goes, or that others left behind. */
const SNAPSHOT_TAGS = [TAG.image, TAG.run, TAG.orphanedAt, TAG.kept, TAG.recycle];

type Reinstating = Pick<PassContext, 'ec2' | 'clock' | 'sleep' | 'deadline'>;

/**
 * Gives an image back what this tool took: it is enabled, shared with whom the record of its disabling names, and no
 * longer deprecated. Its tags go last, after those of its snapshots, so that a run which ends before is taken up by the
 * next. What someone else did is left as it is: where people put it back and shared it themselves, that stands. Whom
 * only tags name is reported and not shared with: anyone can write those. Nothing is ever made public.
 */
export function reinstate(context: Reinstating, action: ActionOf<'reinstate'>, image: Image): Promise<Outcome> {
  const { imageId, giveBack = [], unproven = [], unmarkSnapshots = [] } = action;
  const taken = giveBack.filter((permission) => permission !== 'all');
  return attempt(
    'reinstate',
    imageId,
    async () => {
      const { ec2 } = context;
      let requestId: string | undefined;
      if (action.enable) {
        requestId = (await ec2.send(new EnableImageCommand({ ImageId: imageId }))).$metadata.requestId;
        const read = () => imageState(ec2, imageId);
        const state = await untilReady(context, read, (now) => now === 'available');
        if (state !== 'available') return { status: 'failed', reason: notEnabled(state), refused: true };
      }
      // What this run did not enable, people may have shared since: with whom they did not, nobody asked for.
      const present = action.enable || taken.length === 0 ? [] : await readLaunchPermissions(ec2, imageId);
      const shared = present.length > 0 ? [] : taken;
      const leftOut = present.length > 0 ? taken.filter((permission) => !present.includes(permission)) : [];
      if (shared.length > 0) {
        const Add = shared.map(launchPermissionOf);
        await ec2.send(new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add } }));
      }
      if (action.liftDeprecation) requestId = await liftDeprecation(context, image);
      await deleteTags(ec2, unmarkSnapshots, SNAPSHOT_TAGS);
      await deleteOwnTags(ec2, imageId, image.tags);
      const again = 'share it again where that is right';
      const reason = [
        shared.length > 0 && `shared again with ${shared.join(', ')}`,
        leftOut.length > 0 && `it was shared by someone since, and not with ${leftOut.join(', ')}; ${again}`,
        unproven.length > 0 && `its tags alone name ${unproven.join(', ')}, so it was not shared with them; ${again}`,
      ]
        .filter(Boolean)
        .join('; ');
      return { status: 'done', ...(reason !== '' && { reason }), requestId };
    },
    byItsState(context.ec2, imageId, ALREADY_GONE),
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
async function liftDeprecation({ ec2, clock }: Reinstating, { imageId, tags }: Image): Promise<string | undefined> {
  const previous = new Date(tags[TAG.previousDeprecationTime] ?? '');
  if (Number.isNaN(previous.getTime())) {
    return (await ec2.send(new DisableImageDeprecationCommand({ ImageId: imageId }))).$metadata.requestId;
  }
  if (previous.getTime() <= clock().getTime() + 120_000) return undefined;
  const command = new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt: previous });
  return (await ec2.send(command)).$metadata.requestId;
}
