import { METADATA_EVENT } from '../message.ts';
import type { SlackSession } from './session.ts';

/** A message of this tool's that stands in a conversation. */
export interface OwnMessage {
  readonly ts: string;
  readonly key: string;
  /** What it said, a line for each item; see `delivered-item.ts`. */
  readonly itemLines: readonly string[];
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
  const answers = session.pages((from) =>
    thread === undefined
      ? client.conversations.history({ ...common, ...from })
      : client.conversations.replies({ ...common, ...from, ts: thread }),
  );
  let page = 0;
  for await (const result of answers) {
    page += 1;
    if (!result.ok) return undefined;
    const { messages = [], response_metadata } = result.answer;
    for (const { ts, metadata, reply_count = 0 } of messages) {
      const payload = metadata?.event_type === METADATA_EVENT ? metadata.event_payload : undefined;
      if (ts !== undefined && isOwn(payload)) found.push({ ts, ...read(payload), replies: reply_count });
    }
    if (page === HISTORY_PAGES && response_metadata?.next_cursor) return undefined;
  }
  return found;
}

function isOwn(payload: unknown): payload is object {
  return typeof payload === 'object' && payload !== null && 'key' in payload;
}

function read(payload: object): { key: string; itemLines: string[] } {
  const lines = 'told' in payload ? String(payload.told).split('\n') : [];
  return { key: 'key' in payload ? String(payload.key) : '', itemLines: lines.filter((line) => line !== '') };
}
