import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import type { Notice } from '../model/notice.ts';
import { TAG } from '../model/tags.ts';

/** EC2 takes so many resources a call. */
const IMAGES_A_CALL = 500;

/** A tag that could not be written on an image, or on several for the same reason. */
export interface Untagged {
  readonly imageId: string;
  readonly key: string;
  readonly sentence: string;
}

/**
 * Writes on images when their owners were told, or reminded, and until when they were promised to stay. A reminder
 * never moves the time of the announcement. Where a call for many fails, each is tried by itself: one image that is
 * gone harms no other.
 * @returns what failed; an image that is gone needs no tag
 */
export async function tagAnnounced(ec2: EC2Client, told: readonly Notice[], at: Date): Promise<Untagged[]> {
  const untagged: Untagged[] = [];
  const groups = Map.groupBy(told, ({ isReminder, deregisterAt }) =>
    [isReminder ? TAG.remindedAt : TAG.announcedAt, deregisterAt?.toISOString() ?? 'none'].join(' '),
  );
  for (const [group, notices] of groups) {
    const [key = '', promisedUntil = ''] = group.split(' ');
    const tags = { [key]: at.toISOString(), [TAG.promisedUntil]: promisedUntil };
    untagged.push(...(await tagAll(ec2, notices, tags, key)));
  }
  return untagged;
}

async function tagAll(
  ec2: EC2Client,
  notices: readonly Notice[],
  tags: Readonly<Record<string, string>>,
  key: string,
): Promise<Untagged[]> {
  const untagged: Untagged[] = [];
  for (let start = 0; start < notices.length; start += IMAGES_A_CALL) {
    const ids = notices.slice(start, start + IMAGES_A_CALL).map(({ imageId }) => imageId);
    const failure = await tag(ec2, ids, tags);
    if (failure === undefined) continue;
    // A missing permission is missing for each of them.
    if (failure.kind === 'denied') {
      untagged.push({ imageId: ids.join(', '), key, sentence: failure.sentence });
      continue;
    }
    for (const imageId of ids) {
      const problem = await tag(ec2, [imageId], tags);
      if (problem !== undefined && problem.kind !== 'not-found')
        untagged.push({ imageId, key, sentence: problem.sentence });
    }
  }
  return untagged;
}

async function tag(ec2: EC2Client, ids: readonly string[], tags: Readonly<Record<string, string>>) {
  try {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(new CreateTagsCommand({ Resources: [...ids], Tags }));
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
