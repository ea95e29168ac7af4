import pLimit from 'p-limit';
import { cut } from '../../text/format.ts';
import { plain } from '../../text/untrusted.ts';
import { type About, type Delivered, type DeliverOptions, type OwnedNotification, whyUnsure } from '../delivery.ts';
import type { NotificationItem } from '../notifications.ts';
import { type OwnerMessage, ownerMessages } from '../owner-messages.ts';
import { Conversation } from './conversation.ts';
import type { Directory, Found, Recipient } from './directory.ts';
import { isPassing, type SlackFailure } from './session.ts';

const AT_A_TIME = 4;
/** What did not get through waits in a queue, and is tried again when all others were notified. */
const ATTEMPTS = 3;

/** What notifying the owners of one run takes. */
export interface OwnersDelivery {
  readonly directory: Directory;
  readonly startedAt: Date;
  readonly hasButtons: boolean;
  readonly about: About;
  readonly options: DeliverOptions;
}

/** All that one recipient is to hear. */
interface Bundle {
  readonly conversation: Conversation;
  /** Nobody's where the recipient stands for owners that could not be reached. */
  readonly owners: Set<string>;
  readonly items: NotificationItem[];
  /** Made once what was delivered before is known. */
  messages?: readonly OwnerMessage[];
  failure?: SlackFailure | undefined;
}

/** Notifies the owners of one run. */
export class OwnerNotifier {
  readonly #request: OwnersDelivery;
  readonly #limit = pLimit(AT_A_TIME);
  readonly #delivered = new Set<NotificationItem>();
  readonly #unsure = new Set<NotificationItem>();
  readonly #undelivered: NotificationItem[] = [];
  readonly #problems = new Set<string>();
  readonly #forFallback: NotificationItem[] = [];
  #messages = 0;

  constructor(request: OwnersDelivery) {
    this.#request = request;
  }

  async notify(notifications: readonly OwnedNotification[]): Promise<Delivered> {
    const { directory } = this.#request;
    const fallback = await directory.fallback();
    const fallbackKey = fallback.kind === 'found' ? keyOf(fallback.recipient) : undefined;
    const bundles = new Map<string, Bundle>();
    const found = await Promise.all(
      notifications.map(({ owner }) =>
        this.#limit(async () => this.#recipientOf(owner, await directory.ofOwner(owner))),
      ),
    );
    notifications.forEach(({ owner = '', items }, index) => {
      const recipient = found[index];
      if (recipient === 'failed') this.#undelivered.push(...items);
      else if (recipient === undefined || keyOf(recipient) === fallbackKey) this.#forFallback.push(...items);
      else {
        const bundle = bundles.get(keyOf(recipient)) ?? this.#bundleFor(recipient, []);
        bundle.owners.add(owner);
        bundle.items.push(...items);
        bundles.set(keyOf(recipient), bundle);
      }
    });
    await this.#sendAll([...bundles.values()]);
    // Once more for those who could not be reached themselves: all in one message.
    if (this.#forFallback.length > 0) await this.#notifyFallback(fallback);
    return {
      delivered: [...this.#delivered],
      undelivered: this.#undelivered,
      messages: this.#messages,
      problems: [...this.#problems],
    };
  }

  #bundleFor(recipient: Recipient, items: NotificationItem[]): Bundle {
    const { directory, startedAt } = this.#request;
    return { conversation: new Conversation(recipient, directory, startedAt), owners: new Set(), items };
  }

  async #notifyFallback(fallback: Found): Promise<void> {
    if (fallback.kind === 'found') {
      const { recipient, instead } = fallback;
      if (instead !== undefined) this.#say('The fallback', `could not be told, the platform channel was: ${instead}`);
      return this.#sendAll([this.#bundleFor(recipient, this.#forFallback)]);
    }
    const why = fallback.kind === 'failed' ? `: ${fallback.failure.sentence}` : '';
    this.#say('The fallback', `could not be looked up, and is told in the next run${why}`);
    this.#undelivered.push(...this.#forFallback);
  }

  /** Nobody where the fallback stands for an owner. */
  #recipientOf(owner = '', found: Found): Recipient | undefined | 'failed' {
    if (found.kind === 'found') return found.recipient;
    if (found.kind === 'failed') {
      this.#say(owner, `could not be looked up, and is told in the next run: ${found.failure.sentence}`);
      return 'failed';
    }
    if (found.why !== undefined) this.#say(owner, `could not be told, the fallback was: ${found.why}`);
    return undefined;
  }

  async #sendAll(bundles: readonly Bundle[]): Promise<void> {
    let queue = bundles;
    let stopped: SlackFailure | undefined;
    const send = async (bundle: Bundle): Promise<void> => {
      // Without a token that Slack takes, or without time, nobody else can be notified either.
      bundle.failure = stopped ?? (await this.#send(bundle));
      if (bundle.failure?.kind === 'credentials' || bundle.failure?.kind === 'late') stopped = bundle.failure;
    };
    for (let attempt = 1; attempt <= ATTEMPTS && queue.length > 0; attempt += 1) {
      await Promise.all(queue.map((bundle) => this.#limit(() => send(bundle))));
      queue = queue.filter(({ failure }) => failure !== undefined && isPassing(failure));
    }
    for (const bundle of bundles) this.#settle(bundle);
  }

  async #send(bundle: Bundle): Promise<SlackFailure | undefined> {
    bundle.messages ??= await this.#messagesOf(bundle);
    const { onDelivered, onSending } = this.#request.options;
    return bundle.conversation.send(
      bundle.messages,
      async ({ items }) => {
        this.#messages += 1;
        for (const item of items) this.#delivered.add(item);
        await onDelivered({ items });
      },
      async ({ items }) => onSending?.(items),
    );
  }

  /** What an earlier attempt delivered is recorded as delivered; the rest is sent. */
  async #messagesOf(bundle: Bundle): Promise<OwnerMessage[]> {
    const { about, hasButtons, options } = this.#request;
    if (options.unfinishedSince !== undefined) {
      const before = await bundle.conversation.deliveredSince(options.unfinishedSince);
      for (const item of bundle.items) {
        const found = before.find(item);
        if (found === undefined || options.isRecorded?.(item, found.at) === true) continue;
        this.#delivered.add(item);
        await options.onDelivered({ items: [found.item], at: found.at });
      }
      if (!before.isWhole) this.#leaveUnsure(bundle);
    }
    const { size } = bundle.owners;
    const audience = size === 0 ? 'fallback' : size === 1 ? 'owner' : 'owners';
    return ownerMessages({ ...about, items: this.#left(bundle), audience }, hasButtons);
  }

  /** What may have arrived, where Slack does not show whether it did, is not sent again. */
  #leaveUnsure(bundle: Bundle): void {
    const unsure = this.#left(bundle).filter((item) => this.#request.options.wasBegun?.(item) === true);
    if (unsure.length === 0) return;
    for (const item of unsure) this.#unsure.add(item);
    this.#undelivered.push(...unsure);
    this.#problems.add(whyUnsure(unsure.length));
  }

  #left({ items }: Bundle): NotificationItem[] {
    return items.filter((item) => !this.#delivered.has(item) && !this.#unsure.has(item));
  }

  #settle(bundle: Bundle): void {
    const { failure, owners } = bundle;
    if (failure === undefined) return;
    const isFallback = owners.size === 0;
    const who = isFallback ? 'The fallback' : [...owners].join(', ');
    if (!isFallback && failure.kind === 'refused') {
      this.#say(who, `could not be told, the fallback was: ${failure.sentence}`);
      this.#forFallback.push(...this.#left(bundle));
    } else {
      this.#say(who, `could not be told, and is told in the next run: ${failure.sentence}`);
      this.#undelivered.push(...this.#left(bundle));
    }
  }

  #say(who: string, what: string): void {
    this.#problems.add(`${plain(cut(who, 120))} ${what}.`);
  }
}

function keyOf({ kind, id }: Recipient): string {
  return `${kind} ${id}`;
}
