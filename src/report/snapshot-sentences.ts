import { day } from '../text/dates.ts';
import { count, counted, listed } from '../text/format.ts';
import { managerName } from './image-sentences.ts';
import { referencesText } from './references.ts';
import type { ReportSnapshotReason } from './shape.ts';

/** One plain sentence for one reason of one snapshot. Its text may hold anyone's words: writers neutralise it. */
export function snapshotReasonSentence(reason: ReportSnapshotReason): string {
  switch (reason.code) {
    case 'mapped':
      return `Mapped by ${listed(reason.images)}.`;
    case 'referenced':
      return `Referenced by ${count(reason.references.length)}: ${referencesText(reason.references)}.`;
    case 'managed':
      return `Managed by ${managerName(reason.by)}.`;
    case 'protected-tag':
      return `Protected by the policy: its tag ${reason.key}=${reason.value} matches ${reason.pattern}.`;
    case 'keep-tag':
      return reason.until === undefined
        ? 'Kept by its tag ami-janitor:keep.'
        : `Kept until ${day(reason.until)} by its tag ami-janitor:keep.`;
    case 'keep-tag-unreadable':
      return `Its tag ami-janitor:keep says "${reason.value}", which is neither true nor a date.`;
    case 'not-own':
      return `Belongs to ${reason.owner}, not to this account.`;
    case 'state':
      return `Its state is ${reason.state}.`;
    case 'not-of-an-image':
      return 'Nothing tells that it belonged to an image.';
    case 'not-in-inventory':
      return 'An image maps it, and the list of snapshots does not hold it.';
    case 'image-exists':
      return `It names the image ${reason.imageId}, which is still there.`;
    case 'source-unreadable':
      return `The source ${reason.source} could not be read, so its use cannot be ruled out.`;
    case 'locked':
      return 'Locked against deletion.';
    case 'shared':
      return `Shared with ${listed(reason.accounts)}.`;
    case 'fast-snapshot-restore':
      return `Fast snapshot restore is on in ${listed(reason.zones)}.`;
    case 'image-in-recycle-bin':
      return `Its image ${reason.imageId} lies in the Recycle Bin and could come back.`;
    case 'rule-keeps-snapshots':
      return `The rule "${reason.rule}" keeps the snapshots of its images.`;
    case 'image-deregistered':
      return `Its image ${reason.imageId} is deregistered in this plan, and nothing else maps it.`;
    case 'left-behind':
      return `An earlier run deregistered its image ${reason.imageId}, and nothing maps it.`;
    case 'kept-by-rule':
      return 'Kept by the rule of its image, which is gone (tag ami-janitor:kept).';
    case 'no-record':
      return `Its tags name the image ${reason.imageId}, and no record of ami-janitor bears them out.`;
    case 'put-back':
      return 'Someone restored it after ami-janitor deleted it.';
    case 'orphan-reported-only':
      return `Its image ${reason.imageId} is gone; the policy only reports such snapshots.`;
    case 'orphan-unmarked':
      return `Its image ${reason.imageId} is gone; seen so for the first time.`;
    case 'orphan-waiting':
      return `Its image ${reason.imageId} is gone, seen so since ${day(reason.orphanedAt)}: ${count(reason.days)} of ${counted(reason.ofDays, 'day')} have passed.`;
    case 'orphan-past-grace':
      return `Its image ${reason.imageId} is gone, seen so since ${day(reason.orphanedAt)}; the ${counted(reason.ofDays, 'day')} of grace have passed.`;
  }
}
