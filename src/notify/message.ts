import type { KnownBlock } from '@slack/web-api';

/** One message of Slack's, and which images stand in it: what was not shown was not announced. */
export interface SlackMessage {
  /** The same for the same content, whatever run or try sends it, so that one that came through is recognised. */
  readonly key: string;
  /** What it tells, a line an entry: a later try reads it from the conversation. */
  readonly told?: readonly string[];
  /** For notifications and screen readers, and where blocks are not shown. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Slack's limits (https://docs.slack.dev/reference/block-kit/blocks). */
export const LIMITS = {
  blocks: 50,
  textCharacters: 3000,
  headerCharacters: 150,
  valueCharacters: 2000,
  optionValueCharacters: 150,
  payloadBytes: 150_000,
} as const;

/** The kind of the metadata by which messages are found again. */
export const METADATA_EVENT = 'ami_janitor_message';

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
  for (const block of blocks) {
    const problem = blockProblem(block);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function blockProblem(block: KnownBlock): string | undefined {
  switch (block.type) {
    case 'header':
      return tooLong('header', block.text.text, LIMITS.headerCharacters);
    case 'section':
      return tooLong('section', block.text?.text ?? '', LIMITS.textCharacters) ?? accessoryProblem(block.accessory);
    case 'context':
      return block.elements
        .map((element) => ('text' in element ? tooLong('context', element.text, LIMITS.textCharacters) : undefined))
        .find((problem) => problem !== undefined);
    case 'actions':
      return block.elements
        .map((element) =>
          element.type === 'button' ? tooLong('button', element.value ?? '', LIMITS.valueCharacters) : undefined,
        )
        .find((problem) => problem !== undefined);
    default:
      return undefined;
  }
}

function accessoryProblem(accessory: { type: string } | undefined): string | undefined {
  if (accessory?.type !== 'overflow' || !('options' in accessory) || !Array.isArray(accessory.options))
    return undefined;
  const values = accessory.options.map((option: unknown) =>
    typeof option === 'object' && option !== null && 'value' in option ? String(option.value) : '',
  );
  return values
    .map((value) => tooLong('option', value, LIMITS.optionValueCharacters))
    .find((problem) => problem !== undefined);
}

function tooLong(what: string, text: string, most: number): string | undefined {
  if (text.length === 0 && what === 'section') return 'an empty section';
  return text.length > most ? `a ${what} of ${text.length} characters` : undefined;
}
