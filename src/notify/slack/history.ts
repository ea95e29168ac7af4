import { METADATA_EVENT } from '../message.ts';
import type { SlackSession } from './session.ts';

/** A message of this tool's that stands in a conversation. */
export interface OwnMessage {
  readonly ts: string;
  readonly key: string;
  /** What it told, an entry each; see `told-entry.ts`. */
  readonly told: readonly string[];
  readonly replies: number;
}

const HISTORY_PAGE = 200;
const HISTORY_PAGES = 10;

/**
 * This tool's own messages in a channel, or in one thread of it, since a time, the newest first; nothing where Slack
 * does not show them all.
 */
export async function ownMessages(
  session: SlackSession,
  channel: string,
  since: Date,
  thread?: string,
): Promise<OwnMessage[] | undefined> {
  const oldest = String(Math.floor(since.getTime() / 1000) - 60);
  const common = { channel, oldest, include_all_metadata: true, limit: HISTORY_PAGE };
  const { client } = session;
  const found: OwnMessage[] = [];
  let cursor = '';
  for (let page = 0; page < HISTORY_PAGES; page += 1) {
    const paged = cursor === '' ? common : { ...common, cursor };
    const result = await session.read(() =>
      thread === undefined
        ? client.conversations.history(paged)
        : client.conversations.replies({ ...paged, ts: thread }),
    );
    if (!result.ok) return undefined;
    const { messages = [], response_metadata } = result.answer;
    for (const { ts, metadata, reply_count = 0 } of messages) {
      const payload = metadata?.event_type === METADATA_EVENT ? metadata.event_payload : undefined;
      if (ts !== undefined && isOwn(payload)) found.push({ ts, ...read(payload), replies: reply_count });
    }
    cursor = response_metadata?.next_cursor ?? '';
    if (cursor === '') return found;
  }
  return undefined;
}

function isOwn(payload: unknown): payload is object {
  return typeof payload === 'object' && payload !== null && 'key' in payload;
}

function read(payload: object): { key: string; told: string[] } {
  const told = 'told' in payload ? String(payload.told) : '';
  return { key: 'key' in payload ? String(payload.key) : '', told: told.split('\n').filter((line) => line !== '') };
}
