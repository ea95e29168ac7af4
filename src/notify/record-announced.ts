import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { type AwsFailure, failureOf } from '../aws/errors.ts';
import type { JournalReading, WriteJournal } from '../model/journal.ts';
import type { Notice } from '../model/notice.ts';
import { TAG } from '../model/tags.ts';
import { announcedBy } from '../plan/notices.ts';

/** EC2 takes so many resources a call. */
const IMAGES_A_CALL = 500;

/** Where the announcements of one account and Region are recorded. */
export interface AnnouncementTarget {
  readonly ec2: EC2Client;
  /** What proves them; absent where nobody keeps a journal: the tags are all there is then, and prove nothing. */
  readonly write?: WriteJournal | undefined;
  /** The journal before anything was delivered. */
  readonly before: JournalReading;
}

/**
 * Records what owners were told, in messages that were certainly delivered: in the journal first, which is what counts,
 * then on the images, for people to read. A tag that can't be written takes nothing back.
 * @returns what could not be written, in sentences; it throws nothing
 */
export async function recordAnnounced(
  { ec2, write, before }: AnnouncementTarget,
  notices: readonly Notice[],
  at: Date,
): Promise<string[]> {
  if (notices.length === 0) return [];
  try {
    await write?.(
      notices.map((notice) => {
        const { imageId } = notice;
        const recorded = before.status === 'read' ? before.images.get(imageId)?.announced : undefined;
        return { imageId, facts: { announced: announcedBy(notice, at, recorded) } };
      }),
    );
  } catch (error) {
    const ids = notices.map(({ imageId }) => imageId).join(', ');
    return [`The announcement of ${ids} could not be recorded, so it is announced again: ${failureOf(error).sentence}`];
  }
  const then = write === undefined ? 'so it is announced again' : 'and its announcement stands in the journal';
  const problems: string[] = [];
  // A reminder never moves the time of the announcement.
  const groups = Map.groupBy(notices, ({ isReminder, deregisterAt }) =>
    [isReminder ? TAG.remindedAt : TAG.announcedAt, deregisterAt?.toISOString() ?? 'none'].join(' '),
  );
  for (const [group, list] of groups) {
    const [key = '', promisedUntil = ''] = group.split(' ');
    const tags = { [key]: at.toISOString(), [TAG.promisedUntil]: promisedUntil };
    for (let start = 0; start < list.length; start += IMAGES_A_CALL) {
      const ids = list.slice(start, start + IMAGES_A_CALL).map(({ imageId }) => imageId);
      for (const [untagged, { sentence }] of await tagAll(ec2, ids, tags))
        problems.push(`${untagged} could not be tagged ${key}, ${then}: ${sentence}`);
    }
  }
  return problems;
}

type Tags = Readonly<Record<string, string>>;

/** Where a call for many fails, each is tried by itself: one image that is gone harms no other, and needs no tag. */
async function tagAll(ec2: EC2Client, ids: readonly string[], tags: Tags): Promise<[string, AwsFailure][]> {
  const failure = await tag(ec2, ids, tags);
  if (failure === undefined) return [];
  // A missing permission is missing for each of them.
  if (failure.kind === 'denied') return [[ids.join(', '), failure]];
  const untagged: [string, AwsFailure][] = [];
  for (const imageId of ids) {
    const problem = await tag(ec2, [imageId], tags);
    if (problem !== undefined && problem.kind !== 'not-found') untagged.push([imageId, problem]);
  }
  return untagged;
}

async function tag(ec2: EC2Client, ids: readonly string[], tags: Tags): Promise<AwsFailure | undefined> {
  try {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(new CreateTagsCommand({ Resources: [...ids], Tags }));
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
