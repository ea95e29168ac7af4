import { type Address, addresseeOf, addressOf } from '../../model/address.ts';
import type { Policy } from '../../model/policy.ts';
import type { SlackFailure, SlackResult, SlackSession } from './session.ts';

/** Someone whom Slack knows: a person or a user group by id, a channel by id or `#name`. */
export interface Recipient {
  readonly kind: 'user' | 'channel' | 'group';
  readonly id: string;
}

/** Who is meant. */
export type Found =
  /** `instead`: why it is not who was asked for. */
  | { readonly kind: 'found'; readonly recipient: Recipient; readonly instead?: string }
  /** Slack knows nobody by it; `why` is missing where nobody was named at all. */
  | { readonly kind: 'unknown'; readonly why?: string }
  /** Slack can't say now. */
  | { readonly kind: 'failed'; readonly failure: SlackFailure };

type Ids = SlackResult<ReadonlyMap<string, string>>;

const PAGE = 1000;
const BY_ID = { 'channel-id': 'channel', 'user-id': 'user', 'group-id': 'group' } as const;
const NO_ADDRESS = { kind: 'unknown', why: 'it is no address that Slack could know' } as const;

/**
 * Who stands behind an address, an owner tag and the fallback, by Slack and the policy: the same for those who are told
 * and for those who may press a button. Slack is asked of each only once.
 */
export class Directory {
  readonly session: SlackSession;
  readonly #policy: Policy;
  readonly #found = new Map<string, Promise<Found>>();
  #users: Promise<Ids> | undefined;
  #channels: Promise<Ids> | undefined;

  constructor(session: SlackSession, policy: Policy) {
    this.session = session;
    this.#policy = policy;
  }

  /** Whom an image's owner tag means: through `owners.aliases` first, then as it is written. */
  async ofOwner(owner: string | undefined): Promise<Found> {
    if (owner === undefined) return { kind: 'unknown' };
    return this.#withConversation(addresseeOf(owner, this.#policy.owners.aliases));
  }

  /** Who stands for owners that nobody knows: `owners.fallback`, however it is written, else the platform channel. */
  async fallback(): Promise<Found> {
    const { fallback } = this.#policy.owners;
    const found = fallback === undefined ? undefined : await this.#withConversation(fallback);
    if (found !== undefined && found.kind !== 'unknown') return found;
    const recipient = { kind: 'channel', id: this.#policy.notify?.slack?.channel ?? '' } as const;
    return { kind: 'found', recipient, ...(found !== undefined && { instead: `${fallback}: ${found.why}` }) };
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

  async #withConversation(written: string): Promise<Found> {
    const address = addressOf(written);
    const found = address === undefined ? NO_ADDRESS : await this.find(address);
    if (found.kind !== 'found' || found.recipient.kind !== 'group') return found;
    return { kind: 'unknown', why: 'a user group has no conversation' };
  }

  async #ask(address: Address): Promise<Found> {
    if ('id' in address) return found(BY_ID[address.kind], address.id);
    if ('mail' in address) return this.#byMail(address.mail);
    return address.kind === 'user-name' ? this.#byName(address.name) : found('channel', `#${address.name}`);
  }

  async #byMail(email: string): Promise<Found> {
    const result = await this.session.read(() => this.session.client.users.lookupByEmail({ email }));
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
  #listUsers(): Promise<Ids> {
    return this.#list(
      (from) => this.session.client.users.list({ limit: PAGE, ...from }),
      ({ members = [] }) => members.filter(({ deleted, is_bot }) => deleted !== true && is_bot !== true),
    );
  }

  #listChannels(): Promise<Ids> {
    const types = 'public_channel,private_channel';
    return this.#list(
      (from) => this.session.client.conversations.list({ limit: PAGE, types, ...from }),
      ({ channels = [] }) => channels,
    );
  }

  async #list<Answer extends { response_metadata?: { next_cursor?: string } }>(
    call: (from: { readonly cursor?: string }) => Promise<Answer>,
    namedOf: (answer: Answer) => readonly { readonly name?: string; readonly id?: string }[],
  ): Promise<Ids> {
    const ids = new Map<string, string>();
    for await (const result of this.session.pages(call)) {
      if (!result.ok) return result;
      for (const { name, id } of namedOf(result.answer)) if (name !== undefined && id !== undefined) ids.set(name, id);
    }
    return { ok: true, answer: ids };
  }
}

function found(kind: Recipient['kind'], id: string): Found {
  return { kind: 'found', recipient: { kind, id } };
}

function person(id: string | undefined): Found {
  return id === undefined ? { kind: 'unknown', why: 'Slack has no such active person' } : found('user', id);
}

function notFound(failure: SlackFailure): Found {
  return failure.kind === 'refused' ? { kind: 'unknown', why: failure.sentence } : { kind: 'failed', failure };
}
