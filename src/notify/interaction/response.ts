import type { ImageId } from '../../model/ids.ts';
import { readKeep } from '../../model/tags.ts';
import { counted } from '../../text/format.ts';
import { section } from '../message.ts';
import type { SlackSession } from '../slack/session.ts';
import { code } from '../text.ts';
import type { Interaction } from './interaction.ts';

/** What responding in Slack takes. */
interface ResponseRequest {
  readonly interaction: Interaction;
  readonly slack: SlackSession;
  readonly apiUrl: string | undefined;
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
  if (responseUrl === undefined || !isResponseUrl(responseUrl, apiUrl)) return [];
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

/** True for an address at which Slack takes changes to messages; nothing is sent to any other. */
function isResponseUrl(address: string, apiUrl: string | undefined): boolean {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'https:' && /^hooks\.slack(?:-gov)?\.com$/.test(hostname)) return true;
  return apiUrl !== undefined && origin === new URL(apiUrl).origin;
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
  const parts = [...Map.groupBy([...kept], ([, value]) => value)].map(([value, list]) => {
    const which = nameOf(list.map(([imageId]) => imageId));
    return value === until ? `<@${userId}> keeps ${which} until ${until}` : `${which} ${staysUntil(value)}`;
  });
  const own = parts.filter((part) => part.startsWith('<@'));
  const others = parts.filter((part) => !part.startsWith('<@'));
  return own.length > 0 ? [...own, ...others].join('; ') : `<@${userId}> pressed keep: ${others.join('; ')}`;
}

function staysUntil(value: string): string {
  const keep = readKeep(value);
  if (keep.kind === 'for-ever') return 'is kept for ever already';
  if (keep.kind === 'unreadable') return `is kept already, by the tag’s value ${code(value, 80)}`;
  return `is kept until ${keep.date.toISOString().slice(0, 'YYYY-MM-DD'.length)} already`;
}

function nameOf([only, ...others]: readonly ImageId[]): string {
  return others.length === 0 ? (only ?? '') : counted(others.length + 1, 'image');
}
