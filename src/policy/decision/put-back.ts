import type { Image } from '../../model/image.ts';
import { imageRecordOf, type JournalReading } from '../../model/journal.ts';
import type { Rule } from '../../model/policy.ts';
import { TAG } from '../../model/tags.ts';
import type { Hold } from './hold.ts';
import { tagValue } from './tag-match.ts';

/**
 * What holds an image because of what was taken from it, or by whom: a person brought it back, giving back is not
 * finished, or someone else disabled it. That tags alone say so is enough here: all of it keeps.
 */
export function takenHolds(image: Image, rule: Rule | undefined, journal: JournalReading): Hold[] {
  if (journal.status === 'unreadable') return [];
  const record = imageRecordOf(journal, image.imageId);
  if (record?.reinstating) return [{ reason: { code: 'reinstating', since: record.reinstating.at } }];
  if (record?.removing || tagValue(image.tags, TAG.deregisterRun) !== undefined) {
    return [putBack('deregister', record?.removing?.at)];
  }
  const isTagged = tagValue(image.tags, TAG.disabledAt) !== undefined;
  if (image.state === 'available' && (isTagged || record?.disabled)) return [putBack('disable', record?.disabled?.at)];
  const isOwn = journal.status === 'read' ? record?.disabled !== undefined : isTagged;
  const isAskedFor = rule?.select.state !== undefined;
  return image.state === 'disabled' && !isOwn && !isAskedFor ? [{ reason: { code: 'disabled-by-others' } }] : [];
}

function putBack(after: 'deregister' | 'disable', takenAt: Date | undefined): Hold {
  return { reason: { code: 'put-back', after, ...(takenAt && { takenAt }) } };
}
