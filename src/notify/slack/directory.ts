import type { Address } from '../../model/address.ts';
import type { SlackFailure, SlackResult } from './calls.ts';
import type { SlackSession } from './session.ts';

/** Someone whom Slack knows: a person by id, or a channel by id or name. */
export type Recipient =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'group'; readonly id: string };

/** Who an address is; `unknown` where Slack knows nobody by it, a failure where Slack can't say. */
export type Found =
  | { readonly kind: 'found'; readonly recipient: Recipient }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: SlackFailure };

const PAGE = 1000;

/** Asks Slack who an address is, each only once. */
export class Directory {
  readonly #session: SlackSession;
  readonly #found = new Map<string, Promise<Found>>();
  #users: Promise<SlackResult<ReadonlyMap<string, string>>> | undefined;
  #channels: Promise<SlackResult<ReadonlyMap<string, string>>> | undefined;

  constructor(session: SlackSession) {
    this.#session = session;
  }

  find(address: Address): Promise<Found> {
    const key = JSON.stringify(address);
    const found = this.#found.get(key) ?? this.#ask(address);
    this.#found.set(key, found);
    return found;
  }

  /** The id of a channel by its name; nothing where the bot sees no such channel or can't ask. */
  async channelId(channel: string): Promise<string | undefined> {
    if (!channel.startsWith('#')) return channel;
    this.#channels ??= this.#listChannels();
    const channels = await this.#channels;
    return channels.ok ? channels.answer.get(channel.slice(1)) : undefined;
  }

  async #ask(address: Address): Promise<Found> {
    switch (address.kind) {
      case 'channel-id':
        return found({ kind: 'channel', channel: address.id });
      case 'channel-name':
        return found({ kind: 'channel', channel: `#${address.name}` });
      case 'user-id':
        return found({ kind: 'user', id: address.id });
      case 'group-id':
        return found({ kind: 'group', id: address.id });
      case 'mail':
        return this.#byMail(address.mail);
      case 'user-name':
        return this.#byName(address.name);
    }
  }

  async #byMail(email: string): Promise<Found> {
    const result = await this.#session.read(() => this.#session.client.users.lookupByEmail({ email }));
    if (!result.ok) {
      if (result.failure.kind !== 'refused') return { kind: 'failed', failure: result.failure };
      return { kind: 'unknown', why: result.failure.sentence };
    }
    const { id, deleted } = result.answer.user ?? {};
    return id === undefined || deleted === true
      ? { kind: 'unknown', why: 'Slack has no such active person' }
      : found({ kind: 'user', id });
  }

  async #byName(name: string): Promise<Found> {
    this.#users ??= this.#listUsers();
    const users = await this.#users;
    if (!users.ok) {
      if (users.failure.kind !== 'refused') return { kind: 'failed', failure: users.failure };
      return { kind: 'unknown', why: users.failure.sentence };
    }
    const id = users.answer.get(name);
    return id === undefined ? { kind: 'unknown', why: 'Slack has no such active person' } : found({ kind: 'user', id });
  }

  /** Active people by their name; what people call themselves beside it is not theirs alone. */
  #listUsers(): Promise<SlackResult<ReadonlyMap<string, string>>> {
    return this.#list(async (cursor) => {
      const { members = [], response_metadata } = await this.#session.client.users.list({ limit: PAGE, ...cursor });
      const entries = members.flatMap(({ name, id, deleted, is_bot }) =>
        name === undefined || id === undefined || deleted === true || is_bot === true ? [] : [[name, id] as const],
      );
      return { entries, next: response_metadata?.next_cursor };
    });
  }

  #listChannels(): Promise<SlackResult<ReadonlyMap<string, string>>> {
    return this.#list(async (cursor) => {
      const { channels = [], response_metadata } = await this.#session.client.conversations.list({
        limit: PAGE,
        types: 'public_channel,private_channel',
        ...cursor,
      });
      const entries = channels.flatMap(({ name, id }) =>
        name === undefined || id === undefined ? [] : [[name, id] as const],
      );
      return { entries, next: response_metadata?.next_cursor };
    });
  }

  async #list(
    page: (
      cursor: { cursor: string } | object,
    ) => Promise<{ entries: (readonly [string, string])[]; next: string | undefined }>,
  ): Promise<SlackResult<ReadonlyMap<string, string>>> {
    const all = new Map<string, string>();
    let cursor = '';
    do {
      const result = await this.#session.read(() => page(cursor === '' ? {} : { cursor }));
      if (!result.ok) return result;
      for (const [name, id] of result.answer.entries) all.set(name, id);
      cursor = result.answer.next ?? '';
    } while (cursor !== '');
    return { ok: true, answer: all };
  }
}

function found(recipient: Recipient): Found {
  return { kind: 'found', recipient };
}
