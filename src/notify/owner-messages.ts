import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { BUTTONS, type ButtonImages, isButtonName, writeButtonImages } from './button-value.ts';
import { deliveredItem } from './delivered-item.ts';
import { assertWithinLimits, LIMITS, type SlackMessage } from './message.ts';
import { inOrder, lineOf, type Notification, type NotificationItem, titleOf, whereOf } from './notifications.ts';
import { code, cut, day, mrkdwn } from './text.ts';

/** A message to an owner, with the entries that it shows. */
export interface OwnerMessage extends SlackMessage {
  readonly shown: readonly NotificationItem[];
}

/** Each image has a block of its own; beside them stand a title, an introduction, the buttons and what was pressed. */
const IMAGES_A_MESSAGE = 40;
/** Of one image's text: forty of them fit in a payload, whatever alphabet they are in. */
const IMAGE_TEXT = 600;

/**
 * The messages to one recipient: the first, and those that continue it in its thread. Every entry stands in exactly
 * one of them.
 */
export function ownerMessages(news: Notification, hasButtons: boolean): OwnerMessage[] {
  const entries = inOrder(news.entries);
  const messages: OwnerMessage[] = [];
  for (let start = 0; start < entries.length; start += IMAGES_A_MESSAGE) {
    const shown = entries.slice(start, start + IMAGES_A_MESSAGE);
    const part = { number: messages.length + 1, of: Math.ceil(entries.length / IMAGES_A_MESSAGE) };
    messages.push(ownerMessage(news, shown, part, hasButtons));
  }
  return messages;
}

function ownerMessage(
  news: Notification,
  shown: readonly NotificationItem[],
  part: { number: number; of: number },
  hasButtons: boolean,
): OwnerMessage {
  const continued = part.of === 1 ? '' : ` (${part.number} of ${part.of})`;
  const title = `${titleOf(news)}${continued}`;
  const buttons = hasButtons && !news.isDryRun ? buttonsFor(news.accountId, shown) : [];
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, LIMITS.headerCharacters), emoji: false } },
    ...(part.number === 1 ? [introduction(news, buttons.length > 0)] : []),
    ...shown.map((entry) => entryBlock(entry, news, buttons.length > 0)),
    ...buttons,
  ];
  const told = shown.map(deliveredItem);
  const key = createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32);
  return { ...assertWithinLimits({ key, told, text: `${title} in ${whereOf(news)}`, blocks }), shown };
}

function introduction(news: Notification, hasButtons: boolean): KnownBlock {
  const { reportUrl, isDryRun } = news;
  const sentences = [
    `In ${whereOf(news)}.`,
    isDryRun ? 'This is a dry run: nothing is done to them.' : 'They stay if something begins to use them.',
    ...(isDryRun
      ? []
      : [
          hasButtons
            ? 'To keep one, press a button, or set its tag `ami-janitor:keep` to `true` or a date.'
            : 'To keep one, set its tag `ami-janitor:keep` to `true` or a date.',
        ]),
    ...(reportUrl === undefined ? [] : [`The report: ${link(reportUrl)}`]),
  ];
  return section(sentences.join(' '));
}

function entryBlock(entry: NotificationItem, news: Notification, hasButtons: boolean): KnownBlock {
  const { name, imageId, place, owner, sentences } = lineOf(entry, news, day);
  const whose = !news.showsOwners ? '' : owner === undefined ? ' · no owner' : ` · owner ${code(owner, 80)}`;
  const head = `${code(name, 128)} ${imageId} · ${place}${whose}`;
  const text = `${head}\n${fitting(sentences, IMAGE_TEXT)}`;
  if (!hasButtons || entry.kind !== 'notice') return section(text);
  const value = writeButtonImages({ accountId: news.accountId, images: [entry.notice] });
  return {
    ...section(text),
    accessory: {
      type: 'overflow',
      action_id: 'one-image',
      options: Object.entries(BUTTONS).map(([button, { label }]) => ({
        text: { type: 'plain_text', text: label },
        value: `${button} ${value}`,
      })),
    },
  };
}

function buttonsFor(accountId: string, shown: readonly NotificationItem[]): KnownBlock[] {
  const images: ButtonImages['images'] = shown.flatMap((entry) => (entry.kind === 'notice' ? [entry.notice] : []));
  if (images.length === 0) return [];
  const value = writeButtonImages({ accountId, images });
  const which = images.length === 1 ? '' : ` (all ${images.length} above)`;
  return [
    {
      type: 'actions',
      block_id: 'all-images',
      elements: Object.entries(BUTTONS).map(([button, { label }]) => ({
        type: 'button',
        action_id: button,
        value: isButtonName(button) ? `${button} ${value}` : '',
        text: { type: 'plain_text', text: `${label}${which}` },
      })),
    },
  ];
}

/** Sentences, made harmless, in at most so many characters as they are sent. */
function fitting(sentences: readonly string[], most: number): string {
  const text = sentences.join(' ');
  // An entity such as &amp; must not be cut in two, so the text is cut before it is made harmless.
  let shown = most;
  let harmless = mrkdwn(text, shown);
  while (harmless.length > most) {
    shown = Math.floor(shown * 0.8);
    harmless = mrkdwn(text, shown);
  }
  return harmless;
}

function section(text: string): Extract<KnownBlock, { type: 'section' }> {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** A link where the address is one that can be followed; the place of an object in S3 is only named. */
export function link(address: string): string {
  return /^https:\/\/[^\s<>|]+$/.test(address) ? `<${address.replaceAll('&', '&amp;')}|open it>` : code(address);
}
