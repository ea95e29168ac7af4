import { type Address, addressOf } from '../../model/address.ts';
import type { Policy } from '../../model/policy.ts';
import type { SlackFailure } from './calls.ts';
import type { Directory, Found, Recipient } from './directory.ts';

/** Whom an owner tag means. */
export type OwnerFound =
  | {
      readonly kind: 'found';
      readonly recipient: Recipient;
      /** Why it is not who was asked for. */
      readonly instead?: string;
    }
  /** The fallback stands for them; `why` is missing where the image has no owner at all. */
  | { readonly kind: 'fallback'; readonly why?: string }
  /** Slack can't say now. */
  | { readonly kind: 'failed'; readonly failure: SlackFailure };

/**
 * Who stands behind an owner tag and the fallback, by the policy: the same for those who are told and for those who
 * may press a button.
 */
export class Recipients {
  readonly #directory: Directory;
  readonly #policy: Policy;
  readonly #channel: string;

  /** @param channel the platform channel */
  constructor(directory: Directory, policy: Policy, channel: string) {
    this.#directory = directory;
    this.#policy = policy;
    this.#channel = channel;
  }

  /** Whom an image's owner tag means: through `owners.aliases` first, then as it is written. */
  async ofOwner(owner: string | undefined): Promise<OwnerFound> {
    if (owner === undefined) return { kind: 'fallback' };
    const written = owner.trim();
    const address = addressOf(aliasOf(written, this.#policy.owners.aliases) ?? written);
    // A team name is no address unless an alias says whose.
    if (address === undefined) return { kind: 'fallback', why: 'it is no address that Slack could know' };
    const found = await this.#find(address);
    return found.kind === 'unknown' ? { kind: 'fallback', why: found.why } : found;
  }

  /** Who stands for owners that nobody knows: `owners.fallback`, however it is written, else the platform channel. */
  async fallback(): Promise<OwnerFound> {
    const { fallback } = this.#policy.owners;
    const address = fallback === undefined ? undefined : addressOf(fallback);
    const found = address === undefined ? undefined : await this.#find(address);
    if (found !== undefined && found.kind !== 'unknown') return found;
    const recipient = { kind: 'channel', channel: this.#channel } as const;
    const why = fallback === undefined ? undefined : (found?.why ?? 'it is no address that Slack could know');
    return { kind: 'found', recipient, ...(why !== undefined && { instead: `${fallback}: ${why}` }) };
  }

  async #find(address: Address): Promise<Found> {
    const found = await this.#directory.find(address);
    if (found.kind !== 'found' || found.recipient.kind !== 'group') return found;
    return { kind: 'unknown', why: 'a user group has no conversation' };
  }
}

function aliasOf(owner: string, aliases: Policy['owners']['aliases']): string | undefined {
  if (Object.hasOwn(aliases, owner)) return aliases[owner];
  const lower = owner.toLowerCase();
  return Object.entries(aliases).find(([name]) => name.toLowerCase() === lower)?.[1];
}
