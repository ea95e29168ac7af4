import type { Notice } from '../../src/model/notice.ts';
import type { DeliverOptions, OwnedNotification } from '../../src/notify/delivery.ts';
import type { NotificationItem } from '../../src/notify/notifications.ts';
import { ACCOUNT_ID, daysAgo, imageId, REGION } from './account.ts';

/** A notice of the nth image, which was deprecated and goes in a month. */
export function aNotice(number: number, over: Partial<Notice> = {}): Notice {
  return {
    imageId: imageId(number),
    name: `webapp-${number}`,
    accountId: ACCOUNT_ID,
    region: REGION,
    deprecated: true,
    deregisterAt: daysAgo(-30),
    isReminder: false,
    why: 'Nothing references it in the 13 sources read. Age: 100 days (limit 60).',
    ...over,
  };
}

/** News for one owner tag. */
export function itemsFor(owner: string | undefined, notices: readonly Notice[]): OwnedNotification {
  const whose = owner === undefined ? {} : { owner };
  return {
    owner,
    items: notices.map((notice): NotificationItem => ({ kind: 'notice', notice: { ...notice, ...whose } })),
  };
}

/** What is about a run, beside its items. */
export const ABOUT = {
  runId: '20261121T020000Z-0123abcd',
  accountId: ACCOUNT_ID,
  isDryRun: false,
  ownerTag: 'Owner',
  undo: 'recycle-bin',
} as const;

/** Telling that writes nothing down. */
export const QUIET: DeliverOptions = { onDelivered: async () => {} };

/** The image ids in a text. */
export function imageIdsIn(text: string): string[] {
  return text.match(/ami-[0-9a-f]{17}/g) ?? [];
}
