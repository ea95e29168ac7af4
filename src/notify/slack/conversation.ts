import { DeliveredBefore } from '../delivered-item.ts';
import { METADATA_EVENT, type SlackMessage } from '../message.ts';
import { isPassing, type SlackFailure } from './calls.ts';
import type { Directory, Recipient } from './directory.ts';
import { ownMessages } from './history.ts';
import type { SlackSession } from './session.ts';

const ATTEMPTS = 4;
/** Before a message is looked for that may or may not have come through: Slack may still be at it. */
const SETTLE_MILLISECONDS = 1500;

/** What a conversation needs of the world. */
export interface ConversationContext {
  readonly session: SlackSession;
  readonly directory: Directory;
  /** Messages of this run are not older. */
  readonly startedAt: Date;
}

/**
 * The messages of one run to one recipient, in order: the first, and the others in its thread. It can be tried again
 * after a failure, goes on where it stopped, and sends nothing twice: a message whose sending was not answered is
 * looked for in the conversation by its key before it is sent again, and where that can't be told it is not.
 */
export class Conversation {
  readonly #recipient: Recipient;
  readonly #context: ConversationContext;
  readonly #sent = new Set<string>();
  #channel: string | undefined;
  #thread: string | undefined;
  #isUnsure = false;

  constructor(recipient: Recipient, context: ConversationContext) {
    this.#recipient = recipient;
    this.#context = context;
  }

  /**
   * Sends what is left of these messages; gives what stopped it, or nothing where all is sent.
   * @param onSent called for each message as soon as Slack has confirmed it
   */
  async send<Message extends SlackMessage>(
    messages: readonly Message[],
    onSent: (message: Message) => Promise<void> = async () => {},
  ): Promise<SlackFailure | undefined> {
    for (const message of messages) {
      if (this.#sent.has(message.key)) continue;
      const failure = await this.#sendOne(message);
      if (failure !== undefined) return failure;
      this.#sent.add(message.key);
      await onSent(message);
    }
    return undefined;
  }

  /** What this tool's messages here have said since a time; nothing where Slack does not show them. */
  async deliveredSince(since: Date): Promise<DeliveredBefore> {
    const before = new DeliveredBefore();
    const channel = await this.#channelId();
    const messages = channel === undefined ? [] : await this.#own(since, channel);
    for (const { ts, itemLines } of messages.reverse()) {
      for (const line of itemLines) before.add(line, new Date(Number(ts) * 1000));
    }
    return before;
  }

  /** Whether a message stands here already; false where that can't be told. */
  async has({ key }: SlackMessage, since: Date): Promise<boolean> {
    const channel = await this.#channelId();
    const messages = channel === undefined ? undefined : await ownMessages(this.#context.session, channel, since);
    return messages?.some((message) => message.key === key) ?? false;
  }

  async #sendOne(message: SlackMessage): Promise<SlackFailure | undefined> {
    let failure: SlackFailure | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const opened = await this.#open();
      if (opened !== undefined) return opened;
      if (this.#isUnsure) {
        const came = await this.#cameThrough(message);
        if (came === 'unknown') return failure ?? UNCONFIRMED;
        this.#isUnsure = false;
        if (came === 'yes') return undefined;
      }
      failure = await this.#post(message);
      if (failure === undefined || !isPassing(failure)) return failure;
      if (attempt < ATTEMPTS && !(await this.#context.session.wait(failure, attempt))) return failure;
    }
    return failure;
  }

  /** A person is written to in the direct conversation with them, which has an id of its own. */
  async #open(): Promise<SlackFailure | undefined> {
    if (this.#channel !== undefined) return undefined;
    const { session } = this.#context;
    if (this.#recipient.kind === 'channel') {
      this.#channel = this.#recipient.channel;
      return undefined;
    }
    const { id } = this.#recipient;
    const opened = await session.read(() => session.client.conversations.open({ users: id }));
    if (!opened.ok) return opened.failure;
    this.#channel = opened.answer.channel?.id ?? id;
    return undefined;
  }

  async #post(message: SlackMessage): Promise<SlackFailure | undefined> {
    const { session } = this.#context;
    const { key, itemLines = [] } = message;
    const result = await session.once(() =>
      session.client.chat.postMessage({
        channel: this.#channel ?? '',
        text: message.text,
        blocks: [...message.blocks],
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
    const { ts, channel } = result.answer;
    this.#thread ??= ts;
    if (channel !== undefined) this.#channel = channel;
    return undefined;
  }

  async #cameThrough(message: SlackMessage): Promise<'yes' | 'no' | 'unknown'> {
    const { session, startedAt } = this.#context;
    await session.timing.sleep(SETTLE_MILLISECONDS);
    const channel = await this.#channelId();
    if (channel === undefined) return 'unknown';
    const messages = await ownMessages(session, channel, startedAt, this.#thread);
    if (messages === undefined) return 'unknown';
    const found = messages.find(({ key }) => key === message.key);
    if (found === undefined) return 'no';
    this.#thread ??= found.ts;
    this.#channel = channel;
    return 'yes';
  }

  /** All of its own messages in the channel, those in their threads among them. */
  async #own(since: Date, channel: string) {
    const { session } = this.#context;
    const starts = (await ownMessages(session, channel, since)) ?? [];
    const all = [...starts];
    for (const { ts, replies } of starts) {
      if (replies > 0) all.push(...((await ownMessages(session, channel, since, ts)) ?? []));
    }
    return all;
  }

  async #channelId(): Promise<string | undefined> {
    if ((await this.#open()) !== undefined) return undefined;
    return this.#context.directory.channelId(this.#channel ?? '');
  }
}

const UNCONFIRMED: SlackFailure = {
  kind: 'unsure',
  code: '',
  retryAfterSeconds: 0,
  sentence: 'whether the message came through could not be told, so it was not sent again',
};
