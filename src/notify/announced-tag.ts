import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import type { Notice } from '../model/notice.ts';
import { TAG } from '../model/tags.ts';

/** EC2 takes so many resources a call. */
const IMAGES_A_CALL = 500;

/**
 * Writes on images when their owners were told, or reminded. A reminder never moves the time of the announcement.
 * Where a call for many fails, each is tried by itself: one image that is gone harms no other.
 * @returns what failed, in sentences
 */
export async function tagAnnounced(ec2: EC2Client, told: readonly Notice[], at: Date): Promise<string[]> {
  const announced = told.filter(({ isReminder }) => !isReminder);
  const reminded = told.filter(({ isReminder }) => isReminder);
  return [...(await tagAll(ec2, announced, TAG.announcedAt, at)), ...(await tagAll(ec2, reminded, TAG.remindedAt, at))];
}

async function tagAll(ec2: EC2Client, notices: readonly Notice[], key: string, at: Date): Promise<string[]> {
  const problems: string[] = [];
  for (let start = 0; start < notices.length; start += IMAGES_A_CALL) {
    const ids = notices.slice(start, start + IMAGES_A_CALL).map(({ imageId }) => imageId);
    if ((await tag(ec2, ids, key, at)) === undefined) continue;
    for (const id of ids) {
      const problem = await tag(ec2, [id], key, at);
      if (problem !== undefined && problem.kind !== 'not-found')
        problems.push(`${id} could not be tagged ${key}, so it is announced again: ${problem.sentence}`);
    }
  }
  return problems;
}

async function tag(ec2: EC2Client, ids: readonly string[], key: string, at: Date) {
  try {
    await ec2.send(new CreateTagsCommand({ Resources: [...ids], Tags: [{ Key: key, Value: at.toISOString() }] }));
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
