import type { WebClient } from '@slack/web-api';
import { METADATA_EVENT, type SlackMessage } from '../message.ts';
import { callOnce, isPassing, read, type SlackFailure, wait } from './calls.ts';
import type { Directory, Recipient } from './directory.ts';
import type { SlackTiming } from './timing.ts';

const TRIES = 4;
/** Before a message is looked for that may or may not have come through: Slack may still be at it. */
const SETTLE_MILLISECONDS = 1500;
const HISTORY_PAGE = 200;
const HISTORY_PAGES = 10;

/** What a conversation needs of the world. */
export interface ConversationContext {
  readonly client: WebClient;
  readonly directory: Directory;
  readonly timing: SlackTiming;
  /** Messages of this run are not older. */
  readonly startedAt: Date;
}

/**
 * The messages of one run to one recipient, in order: the first, and the others in its thread. It can be tried again
 * after a failure, goes on where it stopped, and sends nothing twice: a message whose sending was not answered is
 * looked for in the conversation by its key before it is sent again, and where that can't be told it is not.
 */
export class Conversation<Message extends SlackMessage> {
  readonly #recipient: Recipient;
  readonly #messages: readonly Message[];
  readonly #context: ConversationContext;
  readonly #sent: Message[] = [];
  #channel: string | undefined;
  #thread: string | undefined;
  #isUnsure = false;

  constructor(recipient: Recipient, messages: readonly Message[], context: ConversationContext) {
    this.#recipient = recipient;
    this.#messages = messages;
    this.#context = context;
  }

  /** What Slack has confirmed so far. */
  get sent(): readonly Message[] {
    return this.#sent;
  }

  /** Sends what is left; gives what stopped it, or nothing where all is sent. */
  async send(): Promise<SlackFailure | undefined> {
    for (const message of this.#messages.slice(this.#sent.length)) {
      const failure = await this.#sendOne(message);
      if (failure !== undefined) return failure;
      this.#sent.push(message);
    }
    return undefined;
  }

  async #sendOne(message: Message): Promise<SlackFailure | undefined> {
    let failure: SlackFailure | undefined;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const opened = await this.#open();
      if (opened !== undefined) return opened;
      if (this.#isUnsure) {
        const came = await this.#cameThrough(message);
        if (came === 'unknown') return failure ?? UNTOLD;
        this.#isUnsure = false;
        if (came === 'yes') return undefined;
      }
      failure = await this.#post(message);
      if (failure === undefined || !isPassing(failure)) return failure;
      if (tries < TRIES && !(await wait(failure, tries, this.#context.timing))) return failure;
    }
    return failure;
  }

  /** A person is written to in the direct conversation with them, which has an id of its own. */
  async #open(): Promise<SlackFailure | undefined> {
    if (this.#channel !== undefined) return undefined;
    const { client, timing } = this.#context;
    if (this.#recipient.kind === 'channel') {
      this.#channel = this.#recipient.channel;
      return undefined;
    }
    const { id } = this.#recipient;
    const opened = await read(() => client.conversations.open({ users: id }), timing);
    if (!opened.ok) return opened.failure;
    this.#channel = opened.answer.channel?.id ?? id;
    return undefined;
  }

  async #post(message: Message): Promise<SlackFailure | undefined> {
    const { client } = this.#context;
    const result = await callOnce(() =>
      client.chat.postMessage({
        channel: this.#channel ?? '',
        text: message.text,
        blocks: [...message.blocks],
        ...(this.#thread !== undefined && { thread_ts: this.#thread }),
        parse: 'none',
        link_names: false,
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: METADATA_EVENT, event_payload: { key: message.key } },
      }),
    );
    if (!result.ok) {
      this.#isUnsure = result.failure.kind === 'unsure';
      return result.failure;
    }
    const { ts, channel } = result.answer;
    this.#thread ??= ts;
    if (channel !== undefined) this.#channel = channel;
    return undefined;
  }

  async #cameThrough(message: Message): Promise<'yes' | 'no' | 'unknown'> {
    const { client, directory, timing, startedAt } = this.#context;
    await timing.sleep(SETTLE_MILLISECONDS);
    const channel = await directory.channelId(this.#channel ?? '');
    if (channel === undefined) return 'unknown';
    const oldest = String(Math.floor(startedAt.getTime() / 1000) - 60);
    const common = { channel, oldest, include_all_metadata: true, limit: HISTORY_PAGE };
    let cursor = '';
    for (let page = 0; page < HISTORY_PAGES; page += 1) {
      const paged = cursor === '' ? common : { ...common, cursor };
      const thread = this.#thread;
      const result = await read(
        () =>
          thread === undefined
            ? client.conversations.history(paged)
            : client.conversations.replies({ ...paged, ts: thread }),
        timing,
      );
      if (!result.ok) return 'unknown';
      const { messages = [], response_metadata } = result.answer;
      const found = messages.find(({ metadata }) => keyIn(metadata) === message.key);
      if (found !== undefined) {
        this.#thread ??= found.ts;
        this.#channel = channel;
        return 'yes';
      }
      cursor = response_metadata?.next_cursor ?? '';
      if (cursor === '') return 'no';
    }
    return 'unknown';
  }
}

const UNTOLD: SlackFailure = {
  kind: 'unsure',
  code: '',
  retryAfterSeconds: 0,
  sentence: 'whether the message came through could not be told, so it was not sent again',
};

function keyIn(metadata: { event_payload?: unknown } | undefined): string | undefined {
  const payload = metadata?.event_payload;
  return typeof payload === 'object' && payload !== null && 'key' in payload ? String(payload.key) : undefined;
}
