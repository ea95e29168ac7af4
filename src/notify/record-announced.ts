import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import type { JournalReading, WriteJournal } from '../model/journal.ts';
import type { Notice } from '../model/notice.ts';
import { announcedBy } from '../plan/notices.ts';
import { tagAnnounced } from './announced-tag.ts';

/** Where the announcements of one account and Region are written down. */
export interface AnnouncementTarget {
  readonly ec2: EC2Client;
  /** What proves them; absent where nobody keeps a journal: the tags are all there is then, and prove nothing. */
  readonly write?: WriteJournal | undefined;
  /** The journal before anything was told. */
  readonly before: JournalReading;
}

/**
 * Writes down what owners were told, in messages that were certainly delivered: in the journal first, which is what
 * counts, then on the images, for people to read. A tag that can't be written takes nothing back.
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
  return (await tagAnnounced(ec2, notices, at)).map(
    ({ imageId, key, sentence }) => `${imageId} could not be tagged ${key}, ${then}: ${sentence}`,
  );
}
