import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { cut } from '../text/format.ts';

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

/** The small print of a message. */
export function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', verbatim: true, text }] };
}
