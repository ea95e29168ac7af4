import { cut } from '../text/format.ts';
import { plain } from '../text/untrusted.ts';
import { criticalLines, introduction } from './beside-images.ts';
import {
  lineOf,
  type Notification,
  type NotificationItem,
  type PartSizes,
  partsOf,
  type Writing,
  whereOf,
} from './notifications.ts';

/** A message as text alone, with the items that stand in it. */
export interface PlainMessage {
  readonly subject: string;
  readonly text: string;
  readonly items: readonly NotificationItem[];
}

/** SNS takes 256 KiB a message, the rest of the request's text among it. */
export const SNS_BYTES = 250_000;
/** More than a person reads in one message; the longest lines of so many fit what SNS takes. */
const LINES: PartSizes = { only: 60, first: 60, next: 60 };
const WHY_CHARACTERS = 600;

const WRITING: Writing = {
  value: (text, most = 256) => cut(plain(text), most),
  link: (address) => address,
};

/** The messages to one recipient as plain text: every item stands in exactly one of them. */
export function plainMessages(notification: Notification, recipient: string): PlainMessage[] {
  const { value } = WRITING;
  const where = whereOf(notification, value);
  const beside = introduction(notification, WRITING, false);
  return partsOf(notification, WRITING, LINES).map(({ title, groups, items }, index) => {
    const text = [
      `To ${value(recipient)}: ${title}, in ${where}`,
      ...groups.flatMap(({ heading, items: own }) => [
        ...(heading === '' ? [] : [heading]),
        ...own.flatMap((item) => itemLines(item, notification)),
      ]),
      ...(index === 0 ? criticalLines(notification, (name) => value(name, 128)) : []),
      ...beside,
    ].join('\n');
    return { subject: subjectOf(`ami-janitor: ${title}`), text, items };
  });
}

function itemLines(item: NotificationItem, notification: Notification): string[] {
  const { name, imageId, facts, sentences } = lineOf(item, notification, WRITING);
  return [
    `- ${cut(plain(name), 128)} (${[imageId, ...facts].join(', ')})`,
    `  ${cut(plain(sentences.join(' ')), WHY_CHARACTERS)}`,
  ];
}

/** SNS takes a subject of at most 100 printable ASCII characters. */
export function subjectOf(title: string): string {
  return title.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}
