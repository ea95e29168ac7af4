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

/** Slack's limits (https://docs.slack.dev/reference/block-kit/blocks). */
const LIMITS = {
  blocks: 50,
  textCharacters: 3000,
  headerCharacters: 150,
  valueCharacters: 2000,
  optionValueCharacters: 150,
  payloadBytes: 150_000,
} as const;

/** The kind of the metadata by which messages are found again. */
export const METADATA_EVENT = 'ami_janitor_message';

/** A message's key, of what makes it this one and no other. */
export function messageKey(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** The title of a message. */
export function header(title: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: cut(title, LIMITS.headerCharacters), emoji: false } };
}

/** A paragraph of mrkdwn. */
export function section(text: string): Extract<KnownBlock, { type: 'section' }> {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** The small print of a message. */
export function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', verbatim: true, text }] };
}

/** @throws RangeError where a message is larger than Slack takes: a fault of this program, found before it is sent */
export function assertWithinLimits(message: SlackMessage): SlackMessage {
  const problem = limitProblem(message);
  if (problem !== undefined) throw new RangeError(`a message is not one that Slack takes: ${problem}`);
  return message;
}

/** Which of Slack's limits a message breaks; nothing where it is fit to be sent. */
export function limitProblem({ text, blocks }: SlackMessage): string | undefined {
  if (blocks.length > LIMITS.blocks) return `${blocks.length} blocks`;
  if (text.length > LIMITS.textCharacters) return `a text of ${text.length} characters`;
  const bytes = Buffer.byteLength(JSON.stringify({ text, blocks }));
  if (bytes > LIMITS.payloadBytes) return `${bytes} bytes`;
  return firstOf(blocks, blockProblem);
}

function firstOf<Part>(parts: readonly Part[], problemOf: (part: Part) => string | undefined): string | undefined {
  return parts.map(problemOf).find((problem) => problem !== undefined);
}

function blockProblem(block: KnownBlock): string | undefined {
  switch (block.type) {
    case 'header':
      return tooLong('header', block.text.text, LIMITS.headerCharacters);
    case 'section':
      return (
        tooLong('section', block.text?.text ?? '', LIMITS.textCharacters) ??
        firstOf(block.accessory?.type === 'overflow' ? block.accessory.options : [], ({ value = '' }) =>
          tooLong('option', value, LIMITS.optionValueCharacters),
        )
      );
    case 'context':
      return firstOf(block.elements, (element) =>
        'text' in element ? tooLong('context', element.text, LIMITS.textCharacters) : undefined,
      );
    case 'actions':
      return firstOf(block.elements, (element) =>
        element.type === 'button' ? tooLong('button', element.value ?? '', LIMITS.valueCharacters) : undefined,
      );
    default:
      return undefined;
  }
}

function tooLong(what: string, text: string, most: number): string | undefined {
  if (text.length === 0 && what === 'section') return 'an empty section';
  return text.length > most ? `a ${what} of ${text.length} characters` : undefined;
}
