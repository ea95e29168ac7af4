import type { KnownBlock } from '@slack/web-api';
import { counted } from '../text/format.ts';
import { code, mrkdwn } from '../text/untrusted.ts';
import { criticalLines, introduction } from './beside-images.ts';
import { BUTTONS, writeButtonImages } from './button-value.ts';
import { deliveredItem } from './delivered-item.ts';
import { header, link, messageKey, type SlackMessage, section, sections } from './message.ts';
import {
  groupsOf,
  lineOf,
  type Notification,
  type NotificationItem,
  type Part,
  type PartSizes,
  partsOf,
  type Writing,
  whereOf,
} from './notifications.ts';

/** A message to an owner, with the items that stand in it. */
export interface OwnerMessage extends SlackMessage {
  readonly items: readonly NotificationItem[];
}

/** Each image and heading has a block of its own; beside them stand title, introduction, groups, buttons and what was pressed. */
const LINES: PartSizes = { only: 24, first: 6, next: 41 };
const MOST_GROUPS = 15;
/** Of one image's text: forty of them fit in a payload, whatever alphabet they are in. */
const IMAGE_TEXT = 600;

const WRITING: Writing = { value: code, link };

/** The messages to one recipient: the first, and those that continue it in its thread. */
export function ownerMessages(notification: Notification, hasButtons: boolean): OwnerMessage[] {
  const parts = partsOf(notification, WRITING, LINES);
  const where = whereOf(notification, code);
  const isWhole = parts.length === 1;
  const headOf = (part: Part, isPressable: boolean): string[] => [
    `In ${where}. ${introduction(notification, WRITING, isPressable).join(' ')}`,
    ...(isWhole ? [] : overviewOf(notification, part)),
  ];
  return parts.map((part, index) => {
    const { title, groups, items } = part;
    const isHead = index === 0;
    const buttons = hasButtons && !notification.isDryRun ? buttonsFor(notification.accountId, items) : [];
    const isPressable = buttons.length > 0;
    const blocks = [
      header(title),
      ...(isHead ? sections(headOf(part, isPressable)) : []),
      ...groups.flatMap(({ heading, items: own }) => [
        // The head of several lists all groups before.
        ...(heading === '' || (isHead && !isWhole) ? [] : [section(heading)]),
        ...own.map((item) => itemBlock(item, notification, isPressable)),
      ]),
      ...buttons,
      ...(isHead ? sections(criticalLines(notification, (name) => code(name, 80))) : []),
    ];
    const itemLines = items.map(deliveredItem);
    const key = messageKey(JSON.stringify(itemLines));
    return { key, itemLines, text: `${title} in ${where}`, blocks, items };
  });
}

/** All groups in a line each, and where the images are that the first message does not show. */
function overviewOf(notification: Notification, { items }: Part): string[] {
  const groups = groupsOf(notification, WRITING);
  const more = groups.slice(MOST_GROUPS);
  const rest = notification.items.length - items.length;
  return [
    ...groups.slice(0, MOST_GROUPS).map(({ heading }) => `• ${heading}`),
    ...(more.length === 0
      ? []
      : [
          `• and ${counted(more.length, 'group')} more, of ${counted(more.flatMap((group) => group.items).length, 'image')}`,
        ]),
    `The first ${counted(items.length, 'image')} follow${items.length === 1 ? 's' : ''} here, the other ${rest} ${notification.audience === 'everybody' ? 'below' : 'in the thread'}:`,
  ];
}

function itemBlock(item: NotificationItem, notification: Notification, hasButtons: boolean): KnownBlock {
  const { name, imageId, facts, sentences } = lineOf(item, notification, WRITING);
  const head = `${code(name, 128)} ${[code(imageId), ...facts].join(' · ')}`;
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
