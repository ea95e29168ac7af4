import { EnableImageDeprecationCommand } from '@aws-sdk/client-ec2';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { isOwnDeprecation, TAG } from '../../model/tags.ts';
import { type ActionOf, attempt, type Change, type Ending, type PassContext } from './pass.ts';
import { createTags, tagText } from './tags.ts';

const MINUTE = 60_000;

/**
 * Deprecates an image: the tags first, then the DeprecationTime that they name, so that a run which ends between
 * the two leaves an image that the next run deprecates anew. A date that someone else set and that is past stays
 * as it is; one that still lies ahead is written down, so that reinstating can set it again.
 * @param plannedFor the time from which the plan counts the wait until the earliest deregistration
 */
export function deprecate(
  { ec2, runId, clock, notes }: PassContext,
  { imageId, rule, alreadyDeprecated, deregisterAfter }: ActionOf<'deprecate'>,
  image: Image,
  plannedFor: Date,
): Promise<Outcome> {
  const act = async (change: Change): Promise<Ending> => {
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
