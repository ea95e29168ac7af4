import { createHash } from 'node:crypto';
import type { NotificationItem } from './notifications.ts';

/**
 * What a message told of an image, in a line of its metadata: `notice ami-… DEREGISTER_FROM DISABLE_FROM`, with times
 * or `none`. It is the same whatever run told it, so that a second try finds what the first one told.
 */
export function deliveredItem(entry: NotificationItem): string {
  if (entry.kind === 'happening') return identityOf(entry);
  const { deregisterAt, disableAt } = entry.notice;
  return `${identityOf(entry)} ${deregisterAt?.toISOString() ?? 'none'} ${disableAt?.toISOString() ?? 'none'}`;
}

/** The image of an entry and what kind of word it is, without its dates. */
function identityOf(entry: NotificationItem): string {
  if (entry.kind === 'notice') return `${entry.notice.isReminder ? 'reminder' : 'notice'} ${entry.notice.imageId}`;
  const { imageId, sentence } = entry.happening;
  return `done-${createHash('sha256').update(sentence).digest('hex').slice(0, 12)} ${imageId}`;
}

/** What earlier messages told, by image and kind. */
export class DeliveredBefore {
  readonly #told = new Map<string, { readonly line: string; readonly at: Date }>();

  /** @param at when the message came into the conversation */
  add(line: string, at: Date): void {
    this.#told.set(line.split(' ').slice(0, 2).join(' '), { line, at });
  }

  /** The entry as it was told, with the dates that its message said, and when; nothing where it was not. */
  find(entry: NotificationItem): { readonly entry: NotificationItem; readonly at: Date } | undefined {
    const told = this.#told.get(identityOf(entry));
    if (told === undefined) return undefined;
    if (entry.kind === 'happening') return { entry, at: told.at };
    const [, , deregisterAt, disableAt] = told.line.split(' ').map(dateOf);
    const { deregisterAt: _, disableAt: __, ...notice } = entry.notice;
    const dates = { ...(deregisterAt && { deregisterAt }), ...(disableAt && { disableAt }) };
    return { entry: { kind: 'notice', notice: { ...notice, ...dates } }, at: told.at };
  }
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
