import type { Interaction } from './interaction.ts';

const RECORD = 'who-did-what';
const RECORD_CHARACTERS = 2800;
const MOST_BLOCKS = 50;

/** The message as it is after a press: the same, and a line at its end that says who did what. */
export function changedMessage({ message }: Interaction, line: string): Record<string, unknown> {
  const others = message.blocks.filter((block) => block.block_id !== RECORD);
  const earlier = message.blocks.flatMap((block) => (block.block_id === RECORD ? linesOf(block) : []));
  const lines = [...earlier.filter((one) => one !== line), line];
  while (lines.join('\n').length > RECORD_CHARACTERS && lines.length > 1) lines.shift();
  const record = {
    type: 'section',
    block_id: RECORD,
    text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true },
  };
  const blocks = [...others.slice(0, MOST_BLOCKS - 1), record];
  return { replace_original: true, text: message.text.slice(0, 3000), blocks };
}

function linesOf({ text }: Record<string, unknown>): string[] {
  const written = typeof text === 'object' && text !== null && 'text' in text ? text.text : '';
  return typeof written === 'string' ? written.split('\n').filter((line) => line !== '') : [];
}
