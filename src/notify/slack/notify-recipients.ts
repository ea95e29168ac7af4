import pLimit from 'p-limit';
import type { About, Delivered, DeliverOptions, OwnedNotification } from '../delivery.ts';
import type { NotificationItem } from '../notifications.ts';
import { type OwnerMessage, ownerMessages } from '../owner-messages.ts';
import { cut, plain } from '../text.ts';
import { isPassing, type SlackFailure } from './calls.ts';
import { Conversation, type ConversationContext } from './conversation.ts';
import type { Recipient } from './directory.ts';
import type { OwnerFound, Recipients } from './recipients.ts';

const AT_A_TIME = 4;
/** What did not get through waits in a queue, and is tried again when all others were told. */
const ROUNDS = 3;

interface Bundle {
  readonly recipient: Recipient;
  readonly owners: Set<string>;
  readonly entries: NotificationItem[];
}

interface Queued {
  readonly bundle: Bundle;
  readonly conversation: Conversation;
  /** Made once what was told before is known. */
  messages?: readonly OwnerMessage[];
}

/** One run's telling of all owners. */
export class Telling {
  readonly #recipients: Recipients;
  readonly #context: ConversationContext;
  readonly #hasButtons: boolean;
  readonly #options: DeliverOptions;
  readonly #limit = pLimit(AT_A_TIME);
  readonly #shown = new Set<NotificationItem>();
  readonly #untold: NotificationItem[] = [];
  readonly #problems: string[] = [];
  readonly #forFallback: NotificationItem[] = [];
  #messages = 0;

  constructor(recipients: Recipients, context: ConversationContext, hasButtons: boolean, options: DeliverOptions) {
    this.#recipients = recipients;
    this.#context = context;
    this.#hasButtons = hasButtons;
    this.#options = options;
  }

  async tell(news: readonly OwnedNotification[], about: About): Promise<Delivered> {
    const fallback = await this.#recipients.fallback();
    const fallbackKey = fallback.kind === 'found' ? keyOf(fallback.recipient) : undefined;
    const bundles = new Map<string, Bundle>();
    const found = await Promise.all(news.map((one) => this.#limit(() => this.#recipientOf(one))));
    news.forEach(({ owner, entries }, index) => {
      const recipient = found[index];
      if (recipient === 'failed') this.#untold.push(...entries);
      else if (recipient === undefined || keyOf(recipient) === fallbackKey) this.#forFallback.push(...entries);
      else add(bundles, recipient, owner ?? '', entries);
    });
    await this.#tellAll([...bundles.values()], about, true);
    // Once more for those who could not be told themselves: all in one message.
    if (this.#forFallback.length > 0) await this.#tellFallback(fallback, about);
    const problems = [...new Set(this.#problems)];
    return { shown: [...this.#shown], untold: this.#untold, messages: this.#messages, problems };
  }

  async #tellFallback(fallback: OwnerFound, about: About): Promise<void> {
    if (fallback.kind === 'found') {
      const { recipient, instead } = fallback;
      if (instead !== undefined) this.#say('The fallback', `could not be told, the platform channel was: ${instead}`);
      const owners = new Set(['', ' ']);
      return this.#tellAll([{ recipient, owners, entries: this.#forFallback }], about, false);
    }
    const why = fallback.kind === 'failed' ? `: ${fallback.failure.sentence}` : '';
    this.#say('The fallback', `could not be looked up, and is told in the next run${why}`);
    this.#untold.push(...this.#forFallback);
  }

  async #recipientOf({ owner }: OwnedNotification): Promise<Recipient | undefined | 'failed'> {
    const found = await this.#recipients.ofOwner(owner);
    if (found.kind === 'found') return found.recipient;
    if (found.kind === 'failed') {
      this.#say(owner ?? '', `could not be looked up, and is told in the next run: ${found.failure.sentence}`);
      return 'failed';
    }
    if (found.why !== undefined) this.#say(owner ?? '', `could not be told, the fallback was: ${found.why}`);
    return undefined;
  }

  async #tellAll(bundles: readonly Bundle[], about: About, hasFallback: boolean): Promise<void> {
    const all = bundles.map(
      (bundle): Queued => ({ bundle, conversation: new Conversation(bundle.recipient, this.#context) }),
    );
    let queue = all;
    const failures = new Map<Bundle, SlackFailure>();
    let stopped: SlackFailure | undefined;
    for (let round = 1; round <= ROUNDS && queue.length > 0; round += 1) {
      const results = await Promise.all(
        queue.map((one) =>
          this.#limit(async () => {
            // Without a token that Slack takes, or without time, nobody else can be told either.
            const failure = stopped ?? (await this.#send(one, about));
            if (failure?.kind === 'credentials' || failure?.kind === 'late') stopped = failure;
            return { one, failure };
          }),
        ),
      );
      for (const { one, failure } of results) {
        if (failure === undefined) failures.delete(one.bundle);
        else failures.set(one.bundle, failure);
      }
      queue = results.flatMap(({ one, failure }) => (failure !== undefined && isPassing(failure) ? [one] : []));
    }
    for (const { bundle } of all) this.#settle(bundle, failures.get(bundle), hasFallback);
  }

  /** What an earlier try told is written down as told; the rest is sent. */
  async #send(queued: Queued, about: About): Promise<SlackFailure | undefined> {
    queued.messages ??= await this.#messagesOf(queued, about);
    return queued.conversation.send(queued.messages, async ({ shown }) => {
      this.#messages += 1;
      for (const entry of shown) this.#shown.add(entry);
      await this.#options.onDelivered({ entries: shown });
    });
  }

  async #messagesOf({ bundle, conversation }: Queued, about: About): Promise<OwnerMessage[]> {
    const { unfinishedSince, onDelivered, isRecorded } = this.#options;
    if (unfinishedSince !== undefined) {
      const before = await conversation.toldSince(unfinishedSince);
      for (const entry of bundle.entries) {
        const told = before.find(entry);
        if (told === undefined || isRecorded?.(entry, told.at) === true) continue;
        this.#shown.add(entry);
        await onDelivered({ entries: [told.entry], at: told.at });
      }
    }
    const entries = bundle.entries.filter((entry) => !this.#shown.has(entry));
    return ownerMessages({ ...about, entries, showsOwners: bundle.owners.size > 1 }, this.#hasButtons);
  }

  #settle(bundle: Bundle, failure: SlackFailure | undefined, hasFallback: boolean): void {
    if (failure === undefined) return;
    const rest = bundle.entries.filter((entry) => !this.#shown.has(entry));
    const who = [...bundle.owners].filter((owner) => owner.trim() !== '').join(', ') || 'The fallback';
    if (hasFallback && failure.kind === 'refused') {
      this.#say(who, `could not be told, the fallback was: ${failure.sentence}`);
      this.#forFallback.push(...rest);
    } else {
      this.#say(who, `could not be told, and is told in the next run: ${failure.sentence}`);
      this.#untold.push(...rest);
    }
  }

  #say(who: string, what: string): void {
    this.#problems.push(`${plain(cut(who, 120))} ${what}.`);
  }
}

function add(
  bundles: Map<string, Bundle>,
  recipient: Recipient,
  owner: string,
  entries: readonly NotificationItem[],
): void {
  const key = keyOf(recipient);
  const bundle = bundles.get(key) ?? { recipient, owners: new Set<string>(), entries: [] };
  bundle.owners.add(owner);
  bundle.entries.push(...entries);
  bundles.set(key, bundle);
}

function keyOf(recipient: Recipient): string {
  return recipient.kind === 'channel' ? recipient.channel : `${recipient.kind} ${recipient.id}`;
}
