import type { About, OwnedNotification } from './delivery.ts';
import { type OwnerMessage, ownerMessages } from './owner-messages.ts';
import { plainMessages } from './plain-messages.ts';

/** The messages that owners would get, as text. */
export function previewText(news: readonly OwnedNotification[], about: About): string {
  const texts = news.flatMap(({ owner, entries }) =>
    plainMessages({ ...about, entries, showsOwners: false }, owner ?? 'the fallback (no owner)').map(
      ({ text }) => text,
    ),
  );
  return texts.length === 0 ? 'There is nothing new to tell.' : texts.join('\n\n');
}

/** The messages that owners would get in Slack, in Block Kit's JSON. */
export function previewBlocks(news: readonly OwnedNotification[], about: About, hasButtons: boolean) {
  return news.map(({ owner, entries }) => ({
    owner: owner ?? null,
    messages: ownerMessages({ ...about, entries, showsOwners: false }, hasButtons).map(
      ({ text, blocks }: OwnerMessage) => ({ text, blocks }),
    ),
  }));
}
