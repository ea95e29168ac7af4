import { cut } from '../text/format.ts';
import { visible } from '../text/untrusted.ts';

/**
 * Names, tags and owners are anyone's text. In Slack's mrkdwn `<…>` makes links and mentions, `&` begins an entity,
 * and `*`, `_`, `~` and backticks format; `@channel` wakes everybody where a client or a setting links names.
 */

const WAKES_EVERYBODY = /@(?=channel|here|everyone)/gi;
/** Seen by nobody, and it parts the word from its sign. */
const WORD_JOINER = '\u2060';

/** A text cut to so many bytes of UTF-8, with a sign that something is missing; no character is cut in two. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const sign = '\n…';
  let end = 0;
  let bytes = Buffer.byteLength(sign);
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${sign}`;
}

/** Anyone's text inside a sentence of mrkdwn: no link, no mention, no line break; at most so many characters shown. */
export function mrkdwn(text: string, most = 280): string {
  return entities(cut(plain(text), most)).replace(/[*_~`]/g, (found) => LOOKALIKE[found] ?? found);
}

/** Anyone's text as code, in which Slack formats and links nothing. */
export function code(text: string, most = 280): string {
  const shown = cut(plain(text), most).replaceAll('`', 'ˋ');
  return `\`${entities(shown.trim() === '' ? ' ' : shown)}\``;
}

/** Anyone's text where nothing is formatted: `plain_text` of Slack, mail, a terminal. */
export function plain(text: string): string {
  return visible(text, {}).replace(WAKES_EVERYBODY, `@${WORD_JOINER}`);
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const LOOKALIKE: Readonly<Record<string, string>> = { '*': '∗', _: '＿', '~': '∼', '`': 'ˋ' };
