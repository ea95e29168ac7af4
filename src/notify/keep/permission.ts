import type { WebClient } from '@slack/web-api';
import type { Policy } from '../../model/policy.ts';
import { type Address, addressOf, ownerAddress } from '../owners.ts';
import { callOnce } from '../slack/calls.ts';
import { Directory } from '../slack/directory.ts';
import type { SlackTiming } from '../slack/timing.ts';

const PAGE = 1000;

/** Tells whether a person may speak for images: their owner by the policy, or one of the platform group. */
export class Permission {
  readonly #client: WebClient;
  readonly #directory: Directory;
  readonly #policy: Policy;
  readonly #userId: string;
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(client: WebClient, timing: SlackTiming, policy: Policy, userId: string) {
    this.#client = client;
    this.#directory = new Directory(client, timing);
    this.#policy = policy;
    this.#userId = userId;
  }

  /** Whether the person may speak for images with this owner tag. What Slack does not say means no. */
  async speaksFor(owner: string | undefined): Promise<boolean> {
    const { owners, notify } = this.#policy;
    const groups = owners.platformGroup.map(addressOf);
    if (await this.#isAnyOf(groups)) return true;
    const address = ownerAddress(owner, owners);
    const known = address === undefined ? undefined : await this.#directory.find(address);
    if (known !== undefined && known.kind === 'failed') return false;
    // Whom nobody knows, the fallback was told of: it speaks for their images.
    const fallback = addressOf(owners.fallback ?? notify?.slack?.channel ?? '');
    return this.#isAnyOf([known?.kind === 'found' ? address : fallback]);
  }

  async #isAnyOf(addresses: readonly (Address | undefined)[]): Promise<boolean> {
    const known = addresses.flatMap((address) => address ?? []);
    return (await Promise.all(known.map((address) => this.#isOne(address)))).includes(true);
  }

  #isOne(address: Address): Promise<boolean> {
    const key = JSON.stringify(address);
    const asked = this.#asked.get(key) ?? this.#ask(address);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(address: Address): Promise<boolean> {
    const found = await this.#directory.find(address);
    if (found.kind !== 'found') return false;
    const { recipient } = found;
    if (recipient.kind === 'user') return recipient.id === this.#userId;
    if (recipient.kind === 'group') return this.#isInGroup(recipient.id);
    const channel = await this.#directory.channelId(recipient.channel);
    return channel !== undefined && this.#isMember(channel);
  }

  async #isInGroup(usergroup: string): Promise<boolean> {
    const result = await callOnce(() => this.#client.usergroups.users.list({ usergroup }));
    return result.ok && (result.answer.users ?? []).includes(this.#userId);
  }

  async #isMember(channel: string): Promise<boolean> {
    let cursor = '';
    do {
      const paged = cursor === '' ? { channel, limit: PAGE } : { channel, limit: PAGE, cursor };
      const result = await callOnce(() => this.#client.conversations.members(paged));
      if (!result.ok) return false;
      if ((result.answer.members ?? []).includes(this.#userId)) return true;
      cursor = result.answer.response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    return false;
  }
}
