import type { About, OwnedNotification } from './delivery.ts';
import { type OwnerMessage, ownerMessages } from './owner-messages.ts';
import { plainMessages } from './plain-messages.ts';

/** The messages that owners would get, as text. */
export function previewText(notifications: readonly OwnedNotification[], about: About): string {
  const texts = notifications.flatMap(({ owner, items }) =>
    plainMessages({ ...about, items, showsOwners: false }, owner ?? 'the fallback (no owner)').map(({ text }) => text),
  );
  return texts.length === 0 ? 'There is nothing new to tell.' : texts.join('\n\n');
}

/** The messages that owners would get in Slack, in Block Kit's JSON. */
export function previewBlocks(notifications: readonly OwnedNotification[], about: About, hasButtons: boolean) {
  return notifications.map(({ owner, items }) => ({
    owner: owner ?? null,
    messages: ownerMessages({ ...about, items, showsOwners: false }, hasButtons).map(
      ({ text, blocks }: OwnerMessage) => ({ text, blocks }),
    ),
  }));
}
