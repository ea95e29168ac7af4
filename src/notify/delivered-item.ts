import { createHash } from 'node:crypto';
import type { NotificationItem } from './notifications.ts';

/**
 * What a message said of an image, in a line of its metadata: `notice ami-… DEREGISTER_FROM DISABLE_FROM`, with times
 * or `none`, and where the deprecation has a day of its own, or archiving one, those. It is the same whatever run sent
 * it, so that a second attempt finds what the first one delivered.
 */
export function deliveredItem(item: NotificationItem): string {
  if (item.kind === 'action') return identityOf(item);
  const { deregisterAt, disableAt, deprecateAt, archiveAt } = item.notice;
  const rare = archiveAt ? [deprecateAt, archiveAt] : deprecateAt ? [deprecateAt] : [];
  const dates = [deregisterAt, disableAt, ...rare].map((date) => date?.toISOString() ?? 'none');
  return [identityOf(item), ...dates].join(' ');
}

/** The image of an item and its kind, without its dates. */
function identityOf({ kind, notice }: NotificationItem): string {
  if (kind === 'notice') return `${notice.isReminder ? 'reminder' : 'notice'} ${notice.imageId}`;
  return `done-${createHash('sha256').update(notice.sentence).digest('hex').slice(0, 12)} ${notice.imageId}`;
}

/** What earlier messages delivered, by image and kind. */
export class DeliveredBefore {
  /** False where the medium does not show all that was said. */
  readonly isWhole: boolean;
  readonly #lines = new Map<string, { readonly line: string; readonly at: Date }>();

  constructor(isWhole: boolean) {
    this.isWhole = isWhole;
  }

  /** @param at when the message came into the conversation */
  add(line: string, at: Date): void {
    this.#lines.set(line.split(' ').slice(0, 2).join(' '), { line, at });
  }

  /** The item as it was delivered, with the dates that its message said, and when; nothing where it was not. */
  find(item: NotificationItem): { readonly item: NotificationItem; readonly at: Date } | undefined {
    const found = this.#lines.get(identityOf(item));
    if (found === undefined) return undefined;
    const { line, at } = found;
    if (item.kind === 'action') return { item, at };
    const [, , deregisterAt, disableAt, deprecateAt, archiveAt] = line.split(' ').map(dateOf);
    const { deregisterAt: _, disableAt: __, deprecateAt: ___, archiveAt: ____, ...notice } = item.notice;
    const dates = {
      ...(deregisterAt && { deregisterAt }),
      ...(disableAt && { disableAt }),
      ...(deprecateAt && { deprecateAt }),
      ...(archiveAt && { archiveAt }),
    };
    return { item: { kind: 'notice', notice: { ...notice, ...dates } }, at };
  }
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
