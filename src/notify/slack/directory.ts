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
    if (!result.ok) return notFound(result.failure);
    const { id, deleted } = result.answer.user ?? {};
    return person(deleted === true ? undefined : id);
  }

  async #byName(name: string): Promise<Found> {
    this.#users ??= this.#listUsers();
    const users = await this.#users;
    return users.ok ? person(users.answer.get(name)) : notFound(users.failure);
  }

  /** Active people by their name; what people call themselves beside it is not theirs alone. */
  #listUsers() {
    const { client } = this.#session;
    return this.#list(
      (from) => client.users.list({ limit: PAGE, ...from }),
      ({ members = [] }) => members.filter(({ deleted, is_bot }) => deleted !== true && is_bot !== true),
    );
  }

  #listChannels() {
    const { client } = this.#session;
    const types = 'public_channel,private_channel';
    return this.#list(
      (from) => client.conversations.list({ limit: PAGE, types, ...from }),
      ({ channels = [] }) => channels,
    );
  }

  async #list<Answer extends { response_metadata?: { next_cursor?: string } }>(
    call: (from: { readonly cursor?: string }) => Promise<Answer>,
    namedOf: (answer: Answer) => readonly { readonly name?: string; readonly id?: string }[],
  ): Promise<SlackResult<ReadonlyMap<string, string>>> {
    const ids = new Map<string, string>();
    for await (const result of this.#session.pages(call)) {
      if (!result.ok) return result;
      for (const { name, id } of namedOf(result.answer)) if (name !== undefined && id !== undefined) ids.set(name, id);
    }
    return { ok: true, answer: ids };
  }
}

function found(recipient: Recipient): Found {
  return { kind: 'found', recipient };
}

function person(id: string | undefined): Found {
  return id === undefined ? { kind: 'unknown', why: 'Slack has no such active person' } : found({ kind: 'user', id });
}

function notFound(failure: SlackFailure): Found {
  return failure.kind === 'refused' ? { kind: 'unknown', why: failure.sentence } : { kind: 'failed', failure };
}
