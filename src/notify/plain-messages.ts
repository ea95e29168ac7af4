import { inOrder, lineOf, type Notification, type NotificationItem, titleOf, whereOf } from './notifications.ts';
import { cut, day, plain } from './text.ts';

/** A message as text alone, with the entries that it shows. */
export interface PlainMessage {
  readonly subject: string;
  readonly text: string;
  readonly shown: readonly NotificationItem[];
}

/** SNS takes 256 KiB a message, the rest of the request's text among it. */
export const SNS_BYTES = 250_000;
/** More than a person reads in one message. */
const IMAGES_A_MESSAGE = 60;
/** Beside the images: a title, what to do, and where the report lies. */
const FRAME_BYTES = 8_000;
const WHY_CHARACTERS = 600;

/** The messages to one recipient as plain text: every entry stands in exactly one of them. */
export function plainMessages(news: Notification, recipient: string): PlainMessage[] {
  const parts = partsOf(news);
  return parts.map(({ shown, lines }, index) => {
    const continued = parts.length === 1 ? '' : ` (${index + 1} of ${parts.length})`;
    const title = `${titleOf(news)}${continued}`;
    const text = [
      `To ${cut(plain(recipient), 256)}: ${title}, in ${whereOf(news)}`,
      ...lines,
      ...(news.isDryRun
        ? ['This is a dry run: nothing is done to them.']
        : ['To keep one, set its tag ami-janitor:keep to true or a date.']),
      ...(news.reportUrl === undefined ? [] : [`Report: ${news.reportUrl}`]),
    ].join('\n');
    return { subject: subjectOf(`ami-janitor: ${title}`), text, shown };
  });
}

interface Part {
  readonly shown: NotificationItem[];
  readonly lines: string[];
  bytes: number;
}

/** The entries in as many parts as it takes, by what their text weighs as it is sent. */
function partsOf(news: Notification): Part[] {
  const parts: Part[] = [];
  for (const entry of inOrder(news.entries)) {
    const lines = entryLines(entry, news);
    const bytes = Buffer.byteLength(`${lines.join('\n')}\n`);
    let part = parts.at(-1);
    if (part === undefined || part.shown.length === IMAGES_A_MESSAGE || part.bytes + bytes > SNS_BYTES - FRAME_BYTES) {
      part = { shown: [], lines: [], bytes: 0 };
      parts.push(part);
    }
    part.shown.push(entry);
    part.lines.push(...lines);
    part.bytes += bytes;
  }
  return parts;
}

function entryLines(entry: NotificationItem, news: Notification): string[] {
  const { showsOwners } = news;
  const { name, imageId, place, owner, sentences } = lineOf(entry, news, day);
  const whose = !showsOwners ? '' : owner === undefined ? ', no owner' : `, owner ${cut(plain(owner), 256)}`;
  return [
    `- ${cut(plain(name), 128)} (${imageId}, ${place}${whose})`,
    `  ${cut(plain(sentences.join(' ')), WHY_CHARACTERS)}`,
  ];
}

/** SNS takes a subject of at most 100 printable ASCII characters. */
export function subjectOf(title: string): string {
  return title.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}
