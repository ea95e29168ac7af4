import * as z from 'zod';
import { DeliveredBefore } from '../delivered-item.ts';
import { METADATA_EVENT, type SlackMessage } from '../message.ts';
import type { Directory, Recipient } from './directory.ts';
import { isPassing, type SlackFailure, waitWithin } from './session.ts';

const ATTEMPTS = 4;
/** Before a message is looked for that may or may not have come through: Slack may still be at it. */
const SETTLE_SECONDS = 1.5;
const HISTORY_PAGE = 200;
const HISTORY_PAGES = 10;

const UNCONFIRMED: SlackFailure = {
  kind: 'unsure',
  sentence: 'whether the message came through could not be told, so it was not sent again',
};

const payload = z.object({ key: z.string(), told: z.string().default('') });

/** A message of this tool's that stands in a conversation. */
interface OwnMessage {
  readonly ts: string;
  readonly key: string;
  /** What it said, a line for each item; see `delivered-item.ts`. */
  readonly itemLines: readonly string[];
  readonly replies: number;
}

/**
 * The messages of one run to one recipient, in order: the first, and the others in its thread. It can be tried again
 * after a failure, goes on where it stopped, and sends nothing twice: a message whose sending was not answered is
 * looked for in the conversation by its key before it is sent again, and where that can't be told it is not.
 */
export class Conversation {
  readonly #recipient: Recipient;
  readonly #directory: Directory;
  readonly #startedAt: Date;
  readonly #sent = new Set<string>();
  #channel: string | undefined;
  #thread: string | undefined;
  #isUnsure = false;

  /** @param startedAt messages of this run are not older */
  constructor(recipient: Recipient, directory: Directory, startedAt: Date) {
    this.#recipient = recipient;
    this.#directory = directory;
    this.#startedAt = startedAt;
  }

  /**
   * Sends what is left of these messages; gives what stopped it, or nothing where all is sent.
   * @param onSent called for each message as soon as Slack has confirmed it
   * @param onSending called for each message before it goes out; says why none may
   */
  async send<Message extends SlackMessage>(
    messages: readonly Message[],
    onSent: (message: Message) => Promise<void> = async () => {},
    onSending: (message: Message) => Promise<string | undefined> = async () => undefined,
  ): Promise<SlackFailure | undefined> {
    for (const message of messages) {
      if (this.#sent.has(message.key)) continue;
      const stop = await onSending(message);
      if (stop !== undefined) return { kind: 'late', sentence: stop };
      const failure = await this.#sendOne(message);
      if (failure !== undefined) return failure;
      this.#sent.add(message.key);
      await onSent(message);
    }
    return undefined;
  }

  /** What this tool's messages here, and in their threads, have said since a time; nothing where Slack does not show them. */
  async deliveredSince(since: Date): Promise<DeliveredBefore> {
    const starts = await this.#ownMessages(since);
    const all = [...(starts ?? [])];
    let isWhole = starts !== undefined;
    for (const { ts, replies } of starts ?? []) {
      const thread = replies > 0 ? await this.#ownMessages(since, ts) : [];
      isWhole &&= thread !== undefined;
      all.push(...(thread ?? []));
    }
    const before = new DeliveredBefore(isWhole);
    for (const { ts, itemLines } of all.reverse()) {
      for (const line of itemLines) before.add(line, new Date(Number(ts) * 1000));
    }
    return before;
  }

  /** Whether a message stands here already; nothing where that can't be told. */
  async has({ key }: SlackMessage): Promise<boolean | undefined> {
    return (await this.#ownMessages(this.#startedAt))?.some((message) => message.key === key);
  }

  async #sendOne(message: SlackMessage): Promise<SlackFailure | undefined> {
    const { timing } = this.#directory.session;
    let failure: SlackFailure | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const opened = await this.#open();
      if (opened !== undefined) return opened;
      if (this.#isUnsure) {
        const isTimeLeft = await waitWithin(timing, { retryAfterSeconds: SETTLE_SECONDS }, attempt);
        const came = isTimeLeft ? await this.#cameThrough(message) : undefined;
        if (came === undefined) return failure ?? UNCONFIRMED;
        this.#isUnsure = false;
        if (came) return undefined;
      }
      failure = await this.#post(message);
      if (failure === undefined || !isPassing(failure)) return failure;
      if (attempt < ATTEMPTS && !(await waitWithin(timing, failure, attempt))) return failure;
    }
    return failure;
  }

  /** A person is written to in the direct conversation with them, which has an id of its own. */
  async #open(): Promise<SlackFailure | undefined> {
    if (this.#channel !== undefined) return undefined;
    const { kind, id } = this.#recipient;
    if (kind === 'channel') {
      this.#channel = id;
      return undefined;
    }
    const { session } = this.#directory;
    const opened = await session.read(() => session.client.conversations.open({ users: id }));
    if (!opened.ok) return opened.failure;
    this.#channel = opened.answer.channel?.id ?? id;
    return undefined;
  }

  async #post({ key, itemLines = [], text, blocks }: SlackMessage): Promise<SlackFailure | undefined> {
    const { session } = this.#directory;
    const result = await session.once(() =>
      session.client.chat.postMessage({
        channel: this.#channel ?? '',
        text,
        blocks: [...blocks],
        ...(this.#thread !== undefined && { thread_ts: this.#thread }),
        parse: 'none',
        link_names: false,
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: METADATA_EVENT, event_payload: { key, told: itemLines.join('\n') } },
      }),
    );
    if (!result.ok) {
      this.#isUnsure = result.failure.kind === 'unsure';
      return result.failure;
    }
    this.#thread ??= result.answer.ts;
    this.#channel = result.answer.channel ?? this.#channel;
    return undefined;
  }

  /** Whether a message stands here though its sending was not answered; nothing where that can't be told. */
  async #cameThrough({ key }: SlackMessage): Promise<boolean | undefined> {
    const messages = await this.#ownMessages(this.#startedAt, this.#thread);
    const found = messages?.find((message) => message.key === key);
    if (found === undefined) return messages === undefined ? undefined : false;
    this.#thread ??= found.ts;
    this.#channel = await this.#channelId();
    return true;
  }

  /**
   * This tool's own messages here, or in one thread, since a time, the newest first; nothing where Slack does not show
   * them all.
   */
  async #ownMessages(since: Date, thread?: string): Promise<OwnMessage[] | undefined> {
    const channel = await this.#channelId();
    if (channel === undefined) return undefined;
    const oldest = String(Math.floor(since.getTime() / 1000) - 60);
    const common = { channel, oldest, include_all_metadata: true, limit: HISTORY_PAGE };
    const { session } = this.#directory;
    const answers = session.pages((from) =>
      thread === undefined
        ? session.client.conversations.history({ ...common, ...from })
        : session.client.conversations.replies({ ...common, ...from, ts: thread }),
    );
    const found: OwnMessage[] = [];
    let page = 0;
    for await (const result of answers) {
      page += 1;
      if (!result.ok) return undefined;
      const { messages = [], response_metadata } = result.answer;
      for (const { ts, metadata, reply_count: replies = 0 } of messages) {
        const own =
          metadata?.event_type === METADATA_EVENT ? payload.safeParse(metadata.event_payload).data : undefined;
        if (ts === undefined || own === undefined) continue;
        const itemLines = own.told.split('\n').filter((line) => line !== '');
        found.push({ ts, key: own.key, itemLines, replies });
      }
      if (page === HISTORY_PAGES && response_metadata?.next_cursor) return undefined;
    }
    return found;
  }

  async #channelId(): Promise<string | undefined> {
    const failure = await this.#open();
    return failure === undefined ? this.#directory.channelId(this.#channel ?? '') : undefined;
  }
}
