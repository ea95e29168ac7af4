import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { cut } from '../text/format.ts';
import { code } from '../text/untrusted.ts';

/** One message of Slack's. */
export interface SlackMessage {
  /** The same for the same content, whatever run or attempt sends it, so that a delivered one is recognized. */
  readonly key: string;
  /** What it says, a line for each item: a later attempt reads it from the conversation. */
  readonly itemLines?: readonly string[];
  /** For notifications and screen readers, and where blocks are not shown. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Slack takes so many (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER_CHARACTERS = 150;
const SECTION_CHARACTERS = 3000;

/** The kind of the metadata by which messages are found again. */
export const METADATA_EVENT = 'ami_janitor_message';

/** A message's key, of what makes it this one and no other. */
export function messageKey(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** The title of a message. */
export function header(title: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: cut(title, HEADER_CHARACTERS), emoji: false } };
}

/** A paragraph of mrkdwn. */
export function section(text: string): Extract<KnownBlock, { type: 'section' }> {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** Lines of mrkdwn in as few paragraphs as take them; each by itself must fit one. */
export function sections(lines: readonly string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SECTION_CHARACTERS)
      texts.push(`${texts.pop()}\n${line}`);
    else texts.push(line);
  }
  return texts.map(section);
}

/** A link where the address is one that can be followed; an object's S3 URI is only named. */
export function link(address: string): string {
  return /^https:\/\/[^\s<>|]+$/.test(address) ? `<${address.replaceAll('&', '&amp;')}|open it>` : code(address);
}

/** The small print of a message. */
export function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', verbatim: true, text }] };
}
