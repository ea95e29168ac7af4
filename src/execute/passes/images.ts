import {
  DisableImageCommand,
  DisableImageDeprecationCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { breaksLaunches } from '../../model/plan.ts';
import { isOwnDeprecation, PERMISSION_TAG_KEYS, savedPermissions, TAG } from '../../model/tags.ts';
import { restoreFromArchive } from './archive.ts';
import {
  byItsState,
  createTags,
  deleteOwnTags,
  deleteTags,
  imageState,
  tagText,
  untilReady,
  withoutMarks,
} from './image-state.ts';
import { launchPermissionOf, permissionsToSave, readLaunchPermissions } from './launch-permissions.ts';
import { type ActionOf, ALREADY_GONE, attempt, Change, type Ending, type PassContext } from './pass.ts';

const MINUTE = 60_000;

/**
 * Deprecates an image: the tags first, then the DeprecationTime that they name, so that a run which ends between
 * the two leaves an image that the next run deprecates anew. A date that someone else set and that is past stays
 * as it is; one that still lies ahead is written down, so that reinstating can set it again.
 * @param plannedFor the time from which the plan counts the wait until the earliest deregistration
 */
export function deprecate(
  { ec2, runId, clock, notes, lastCheck }: PassContext,
  action: ActionOf<'deprecate'>,
  image: Image,
  plannedFor: Date,
): Promise<Outcome> {
  const { imageId, rule, alreadyDeprecated, deregisterAfter } = action;
  const act = async (change: Change): Promise<Ending> => {
    const objection = breaksLaunches(action) ? await lastCheck() : undefined;
    if (objection !== undefined) {
      notes.isUntouched = true;
      return objection;
    }
    const deprecateAt = alreadyDeprecated ? clock() : minutesAhead(clock());
    const previous = isOwnDeprecation(image) ? undefined : image.deprecationTime?.toISOString();
    const tagged = await createTags(ec2, [imageId], {
      [TAG.deprecatedAt]: deprecateAt.toISOString(),
      ...(deregisterAfter && {
        [TAG.deregisterAfter]: new Date(
          deprecateAt.getTime() + deregisterAfter.getTime() - plannedFor.getTime(),
        ).toISOString(),
      }),
      [TAG.rule]: tagText(rule),
      [TAG.run]: runId,
      ...(previous !== undefined && { [TAG.previousDeprecationTime]: previous }),
    });
    if (alreadyDeprecated) return { status: 'done', reason: 'tags only: someone else set its date', requestId: tagged };
    const command = new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt: deprecateAt });
    const { $metadata } = await change.send(ec2.send(command));
    return { status: 'done', requestId: $metadata.requestId };
  };
  return attempt('deprecate', imageId, act, undefined, notes);
}

/** EC2 never takes a time that is past and rounds to the minute: the next whole one that is two minutes away. */
function minutesAhead(now: Date): Date {
  return new Date(Math.ceil(now.getTime() / MINUTE + 2) * MINUTE);
}

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

/** What marks a snapshot as one of an image that goes, or that others left behind. */
const SNAPSHOT_TAGS = [TAG.image, TAG.run, TAG.orphanedAt, TAG.recycle];

type Reinstating = Pick<PassContext, 'ec2' | 'clock' | 'sleep' | 'deadline'>;

/**
 * Gives an image back what this tool took: its snapshots come back from the archive, it is enabled, shared with whom the record of its disabling names, and no
 * longer deprecated. Its tags go last, after those of its snapshots, so that a run which ends before is taken up by the
 * next. What someone else did is left as it is: where people put it back and shared it themselves, that stands. Whom
 * only tags name is reported and not shared with: anyone can write those. Nothing is ever made public.
 */
export function reinstate(context: Reinstating, action: ActionOf<'reinstate'>, image: Image): Promise<Outcome> {
  const { imageId, giveBack = [], unproven = [], unmarkSnapshots = [], unmarkKept = [] } = action;
  const taken = giveBack.filter((permission) => permission !== 'all');
  return attempt(
    'reinstate',
    imageId,
    async () => {
      const { ec2 } = context;
      let requestId: string | undefined;
      if (action.enable || unmarkSnapshots.length > 0) {
        const away = await restoreFromArchive(ec2, image);
        if (away !== undefined) return away;
      }
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
      await deleteTags(ec2, unmarkKept, [TAG.kept]);
      await deleteOwnTags(ec2, imageId, image.tags);
      const again = 'share it again where that is right';
      const reason = [
        image.isPublic && isOwnDeprecation(image) && 'it stays deprecated, since EC2 undoes that for no public image',
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
