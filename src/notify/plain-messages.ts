import { cut } from '../text/format.ts';
import { plain } from '../text/untrusted.ts';
import { lineOf, type Notification, type NotificationItem, partsOf, whereOf } from './notifications.ts';

/** A message as text alone, with the items that stand in it. */
export interface PlainMessage {
  readonly subject: string;
  readonly text: string;
  readonly items: readonly NotificationItem[];
}

/** SNS takes 256 KiB a message, the rest of the request's text among it. */
export const SNS_BYTES = 250_000;
/** More than a person reads in one message; the longest lines of so many fit what SNS takes. */
const IMAGES_A_MESSAGE = 60;
const WHY_CHARACTERS = 600;

/** The messages to one recipient as plain text: every item stands in exactly one of them. */
export function plainMessages(notification: Notification, recipient: string): PlainMessage[] {
  const { isDryRun, reportUrl } = notification;
  return partsOf(notification, IMAGES_A_MESSAGE).map(({ title, items }) => {
    const text = [
      `To ${cut(plain(recipient), 256)}: ${title}, in ${whereOf(notification)}`,
      ...items.flatMap((item) => itemLines(item, notification)),
      isDryRun
        ? 'This is a dry run: nothing is done to them.'
        : 'To keep one, set its tag ami-janitor:keep to true or a date.',
      ...(reportUrl === undefined ? [] : [`Report: ${reportUrl}`]),
    ].join('\n');
    return { subject: subjectOf(`ami-janitor: ${title}`), text, items };
  });
}

function itemLines(item: NotificationItem, notification: Notification): string[] {
  const { showsOwners } = notification;
  const { name, imageId, location, owner, sentences } = lineOf(item, notification);
  const whose = !showsOwners ? '' : owner === undefined ? ', no owner' : `, owner ${cut(plain(owner), 256)}`;
  return [
    `- ${cut(plain(name), 128)} (${imageId}, ${location}${whose})`,
    `  ${cut(plain(sentences.join(' ')), WHY_CHARACTERS)}`,
  ];
}

/** SNS takes a subject of at most 100 printable ASCII characters. */
export function subjectOf(title: string): string {
  return title.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}
