import { cut } from './format.ts';

/**
 * Names, tags, owners and descriptions are anyone's text. Each medium has its own way of taking text for something
 * else; each function here makes that impossible, and keeps the text legible.
 */

/**
 * Control characters (line breaks and escape sequences among them), invisible and direction-changing ones
 * (the "Trojan Source" overrides, zero widths, tags), line and paragraph separators, and lone surrogates.
 */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/**
 * Everything that a reader cannot see, or that would move what they see, as an escape: one visible line.
 * @param short what has an escape of its own; the rest is given by its code point
 */
export function visible(text: string, short = SHORT): string {
  return text.replace(
    INVISIBLE,
    (character) => short[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Text for a terminal: no escape sequence, no line break, no override survives. */
export function terminalText(text: string): string {
  return visible(text);
}

/** Text inside an HTML element or a quoted attribute. */
export function htmlText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Text inside a paragraph, list item or table cell of GitHub's Markdown. Backslashes take away the meaning of
 * punctuation; a zero-width space keeps `@name` and `#1` from becoming mentions, which escapes do not.
 */
export function markdownText(text: string): string {
  return visible(text)
    .trim()
    .replace(
      /[\\`*_{}[\]()|~$!#@&<>]|:(?=\/\/)|www(?=\.)/gi,
      (found) => MARKDOWN[found] ?? (/^w/i.test(found) ? `${found}&#8203;` : `\\${found}`),
    )
    .replace(/^([-+=]|\d+(?=[.)]))/, '&#8203;$1');
}

// A backslash does for the rest.
const MARKDOWN: Readonly<Record<string, string>> = {
  '&': '&#38;',
  '<': '&#60;',
  '>': '&#62;',
  '@': '@&#8203;',
  '#': '\\#&#8203;',
};

// OWASP's list, and the full-width forms that Excel takes for the same in East Asian settings.
const FORMULA_START = /^[\s]*[=+\-@\t\r\n＝＋－＠]/u;
// Where the list separator is a semicolon, Excel starts a cell after it even inside another cell's quotes.
const FORMULA_AFTER_SEPARATOR = /;(?=\s*[=+\-@＝＋－＠])/gu;

/** Text for a CSV cell that no spreadsheet takes for a formula. */
export function csvText(text: string): string {
  const neutral = visible(text).replace(FORMULA_AFTER_SEPARATOR, "$&'");
  return FORMULA_START.test(text) || FORMULA_START.test(neutral) ? `'${neutral}` : neutral;
}

/*
 * In Slack's mrkdwn `<…>` makes links and mentions, `&` begins an entity, and `*`, `_`, `~` and backticks format;
 * `@channel` wakes everybody where a client or a setting links names.
 */

const WAKES_EVERYBODY = /@(?=channel|here|everyone)/gi;
/** Seen by nobody, and it parts the word from its sign. */
const WORD_JOINER = '\u2060';

/**
 * Anyone's text inside a sentence of mrkdwn: no link, no mention, no line break; at most so many characters shown. Words
 * with signs that format stand as code, so that what is copied is the text.
 */
export function mrkdwn(text: string, most = 280): string {
  return entities(cut(plain(text), most)).replace(/\S+/g, (word) =>
    /[*_~`]/.test(word) ? `\`${uncoded(word)}\`` : word,
  );
}

/** Anyone's text as code, in which Slack formats and links nothing. */
export function code(text: string, most = 280): string {
  const shown = uncoded(cut(plain(text), most));
  return `\`${entities(shown.trim() === '' ? ' ' : shown)}\``;
}

/** Nothing in Slack's code stands for its own sign. */
function uncoded(text: string): string {
  return text.replaceAll('`', 'ˋ');
}

/** Anyone's text where nothing is formatted: `plain_text` of Slack, mail, a terminal. */
export function plain(text: string): string {
  return visible(text, {}).replace(WAKES_EVERYBODY, `@${WORD_JOINER}`);
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
