import type { ImageId } from '../../model/ids.ts';
import { readKeep } from '../../model/tags.ts';
import { counted, day } from '../../text/format.ts';
import { code } from '../../text/untrusted.ts';
import { section } from '../message.ts';
import { isSlackHook } from '../secret.ts';
import type { SlackSession } from '../slack/session.ts';
import type { Interaction } from './interaction.ts';

/** What responding in Slack takes. */
export interface ResponseRequest {
  readonly interaction: Interaction;
  readonly slack: SlackSession;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  /** Aborted when the answer is due: nothing is written after that. */
  readonly signal: AbortSignal;
}

/** A sentence that only the person sees who pressed the button. */
export function ephemeral(text: string): Record<string, unknown> {
  return { response_type: 'ephemeral', replace_original: false, text };
}

/** Writes to where the message's answers go; says what failed. Nothing rests on it. */
export async function respond(
  { interaction: { responseUrl }, slack, apiUrl, signal }: ResponseRequest,
  body: Record<string, unknown>,
): Promise<string[]> {
  if (responseUrl === undefined || !isSlackHook(responseUrl, apiUrl)) return [];
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(slack.timing.timeoutMilliseconds)]),
    });
    return response.ok ? [] : [`the message could not be changed: status ${response.status}`];
  } catch {
    return ['the message could not be changed: Slack did not answer'];
  }
}

const RECORD = 'who-did-what';
const RECORD_CHARACTERS = 2800;
const MOST_BLOCKS = 50;

/** The message as it is after an interaction: the same, and a line at its end that says who did what. */
export function changedMessage({ message }: Interaction, line: string): Record<string, unknown> {
  const others = message.blocks.filter((block) => block.block_id !== RECORD);
  const earlier = message.blocks.flatMap((block) => (block.block_id === RECORD ? linesOf(block) : []));
  const lines = [...earlier.filter((one) => one !== line), line];
  while (lines.join('\n').length > RECORD_CHARACTERS && lines.length > 1) lines.shift();
  const record = { ...section(lines.join('\n')), block_id: RECORD };
  const blocks = [...others.slice(0, MOST_BLOCKS - 1), record];
  return { replace_original: true, text: message.text.slice(0, 3000), blocks };
}

function linesOf({ text }: Record<string, unknown>): string[] {
  const recorded = typeof text === 'object' && text !== null && 'text' in text ? text.text : '';
  return typeof recorded === 'string' ? recorded.split('\n').filter((line) => line !== '') : [];
}

/** What an interaction came to, in a line: what it set, and what stays longer than that already. */
export function keptLine(userId: string, kept: ReadonlyMap<ImageId, string>, until: string): string {
  const { own = [], others = [] } = Object.groupBy(kept, ([, value]) => (value === until ? 'own' : 'others'));
  const longer = [...Map.groupBy(others, ([, value]) => value)].map(
    ([value, list]) => `${nameOf(list)} ${staysUntil(value)}`,
  );
  if (own.length === 0) return `<@${userId}> pressed keep: ${longer.join('; ')}`;
  return [`<@${userId}> keeps ${nameOf(own)} until ${until}`, ...longer].join('; ');
}

function staysUntil(value: string): string {
  const keep = readKeep(value);
  if (keep.kind === 'for-ever') return 'is kept for ever already';
  if (keep.kind === 'unreadable') return `is kept already, by the tag’s value ${code(value, 80)}`;
  return `is kept until ${day(keep.date.toISOString())} already`;
}

function nameOf(kept: readonly (readonly [ImageId, string])[]): string {
  return kept.length === 1 ? kept.map(([imageId]) => imageId).join() : counted(kept.length, 'image');
}
