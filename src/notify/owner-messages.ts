import type { KnownBlock } from '@slack/web-api';
import { code, mrkdwn } from '../text/untrusted.ts';
import { BUTTONS, writeButtonImages } from './button-value.ts';
import { deliveredItem } from './delivered-item.ts';
import { header, messageKey, type SlackMessage, section } from './message.ts';
import { criticalLines, lineOf, type Notification, type NotificationItem, partsOf, whereOf } from './notifications.ts';

/** A message to an owner, with the items that stand in it. */
export interface OwnerMessage extends SlackMessage {
  readonly items: readonly NotificationItem[];
}

/** Each image has a block of its own; beside them stand a title, an introduction, the buttons and what was pressed. */
const IMAGES_A_MESSAGE = 40;
/** Of one image's text: forty of them fit in a payload, whatever alphabet they are in. */
const IMAGE_TEXT = 600;

/** The messages to one recipient: the first, and those that continue it in its thread. */
export function ownerMessages(notification: Notification, hasButtons: boolean): OwnerMessage[] {
  return partsOf(notification, IMAGES_A_MESSAGE).map(({ title, items }, index) => {
    const buttons = hasButtons && !notification.isDryRun ? buttonsFor(notification.accountId, items) : [];
    const critical = index === 0 ? criticalLines(notification, (name) => code(name, 80)) : [];
    const blocks = [
      header(title),
      ...(index === 0 ? [introduction(notification, buttons.length > 0)] : []),
      ...items.map((item) => itemBlock(item, notification, buttons.length > 0)),
      ...buttons,
      ...(critical.length === 0 ? [] : [section(critical.join('\n'))]),
    ];
    const itemLines = items.map(deliveredItem);
    const key = messageKey(JSON.stringify(itemLines));
    return { key, itemLines, text: `${title} in ${whereOf(notification)}`, blocks, items };
  });
}

function introduction(notification: Notification, hasButtons: boolean): KnownBlock {
  const { reportUrl, isDryRun } = notification;
  const howToKeep = `To keep one, ${hasButtons ? 'press a button, or ' : ''}set its tag \`ami-janitor:keep\` to \`true\` or a date.`;
  const sentences = [
    `In ${whereOf(notification)}.`,
    ...(isDryRun
      ? ['This is a dry run: nothing is done to them.']
      : ['They stay if something begins to use them.', howToKeep]),
    ...(reportUrl === undefined ? [] : [`The report: ${link(reportUrl)}`]),
  ];
  return section(sentences.join(' '));
}

function itemBlock(item: NotificationItem, notification: Notification, hasButtons: boolean): KnownBlock {
  const { name, imageId, location, owner, sentences } = lineOf(item, notification);
  const whose = !notification.showsOwners ? '' : owner === undefined ? ' · no owner' : ` · owner ${code(owner, 80)}`;
  const head = `${code(name, 128)} ${imageId} · ${location}${whose}`;
  const text = `${head}\n${fitting(sentences, IMAGE_TEXT)}`;
  if (!hasButtons || item.kind !== 'notice') return section(text);
  const value = writeButtonImages({ accountId: notification.accountId, images: [item.notice] });
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

function buttonsFor(accountId: string, items: readonly NotificationItem[]): KnownBlock[] {
  const images = items.flatMap((item) => (item.kind === 'notice' ? [item.notice] : []));
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
        value: `${button} ${value}`,
        text: { type: 'plain_text', text: `${label}${which}` },
      })),
    },
  ];
}

/** Sentences, made harmless, in at most so many characters as they are sent. */
function fitting(sentences: readonly string[], most: number): string {
  const text = sentences.join(' ');
  // An entity such as &amp; must not be cut in two, so the text is cut before it is made harmless.
  let harmless = mrkdwn(text, most);
  for (let kept = most; harmless.length > most; harmless = mrkdwn(text, kept)) kept = Math.floor(kept * 0.8);
  return harmless;
}

/** A link where the address is one that can be followed; an object's S3 URI is only named. */
export function link(address: string): string {
  return /^https:\/\/[^\s<>|]+$/.test(address) ? `<${address.replaceAll('&', '&amp;')}|open it>` : code(address);
}
