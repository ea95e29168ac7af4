import { type Entry, inOrder, lineOf, type News, titleOf, whereOf } from './news.ts';
import { cut, day, plain } from './text.ts';

/** A message as text alone, with the entries that it shows. */
export interface PlainMessage {
  readonly subject: string;
  readonly text: string;
  readonly shown: readonly Entry[];
}

/** SNS takes 256 KiB a message, and a character takes up to four bytes: sixty images stay below, whatever their text. */
const IMAGES_A_MESSAGE = 60;
const WHY_CHARACTERS = 600;

/** The messages to one recipient as plain text: every entry stands in exactly one of them. */
export function plainMessages(news: News, recipient: string): PlainMessage[] {
  const entries = inOrder(news.entries);
  const messages: PlainMessage[] = [];
  for (let start = 0; start < entries.length; start += IMAGES_A_MESSAGE) {
    const shown = entries.slice(start, start + IMAGES_A_MESSAGE);
    const parts = Math.ceil(entries.length / IMAGES_A_MESSAGE);
    const continued = parts === 1 ? '' : ` (${messages.length + 1} of ${parts})`;
    const title = `${titleOf(news)}${continued}`;
    const text = [
      `To ${cut(plain(recipient), 256)}: ${title}, in ${whereOf(news)}`,
      ...shown.flatMap((entry) => entryLines(entry, news)),
      ...(news.isDryRun
        ? ['This is a dry run: nothing is done to them.']
        : ['To keep one, set its tag ami-janitor:keep to true or a date.']),
      ...(news.reportUrl === undefined ? [] : [`Report: ${news.reportUrl}`]),
    ].join('\n');
    messages.push({ subject: subjectOf(`ami-janitor: ${title}`), text, shown });
  }
  return messages;
}

function entryLines(entry: Entry, news: News): string[] {
  const { showsOwners } = news;
  const { name, imageId, place, owner, sentences } = lineOf(entry, news, day);
  const whose = !showsOwners ? '' : owner === undefined ? ', no owner' : `, owner ${cut(plain(owner), 256)}`;
  return [
    `- ${cut(plain(name), 128)} (${imageId}, ${place}${whose})`,
    `  ${cut(plain(sentences.join(' ')), WHY_CHARACTERS)}`,
  ];
}

/** SNS takes a subject of at most 100 printable ASCII characters. */
function subjectOf(title: string): string {
  return title.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}
