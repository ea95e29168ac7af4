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

/** A few words for a group of snapshots that one reason holds together. */
export const SNAPSHOT_REASON_TITLES: Readonly<Record<ReportSnapshotReason['code'], string>> = {
  mapped: 'an image maps it',
  referenced: 'referenced',
  managed: 'managed by another AWS service',
  'protected-tag': 'protected by tag',
  'keep-tag': 'kept by its own tag',
  'keep-tag-unreadable': 'unreadable keep tag',
  'not-own': 'belongs to another account',
  state: 'not completed',
  'not-of-an-image': 'not of an image',
  'not-in-inventory': 'not among the account’s snapshots',
  'image-exists': 'the image it names is there',
  'source-unreadable': 'a source could not be read',
  locked: 'locked',
  shared: 'shared',
  'fast-snapshot-restore': 'fast snapshot restore is on',
  'image-in-recycle-bin': 'image in the Recycle Bin',
  'kept-by-rule': 'kept by the rule of its image',
  'no-record': 'tags without a record',
  'put-back': 'put back by someone',
  'rule-keeps-snapshots': 'its rule keeps snapshots',
  'image-deregistered': 'its image is deregistered',
  'left-behind': 'left behind by an earlier run',
  'orphan-reported-only': 'image gone, reported only',
  'orphan-unmarked': 'image gone, newly seen',
  'orphan-waiting': 'image gone, in its grace',
  'orphan-past-grace': 'image gone, past its grace',
};
