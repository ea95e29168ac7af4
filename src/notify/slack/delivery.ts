import pLimit from 'p-limit';
import type { Policy } from '../../model/policy.ts';
import type { Delivered, Delivery, OwnedNews } from '../delivery.ts';
import { failureMessage } from '../failure-message.ts';
import type { SlackMessage } from '../message.ts';
import type { Entry, News } from '../news.ts';
import { type OwnerMessage, ownerMessages } from '../owner-messages.ts';
import { addressOf, ownerAddress } from '../owners.ts';
import { platformMessage } from '../platform-message.ts';
import { cut, plain } from '../text.ts';
import { isPassing, type SlackFailure, slackClient } from './calls.ts';
import { Conversation, type ConversationContext } from './conversation.ts';
import { Directory, type Recipient } from './directory.ts';
import type { SlackTiming } from './timing.ts';

/** What telling through Slack's Web API needs. */
export interface SlackRequest {
  readonly token: string;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl?: string;
  readonly policy: Policy;
  /** Where the platform's people are told. */
  readonly channel: string;
  readonly hasButtons: boolean;
  readonly timing: SlackTiming;
  readonly startedAt: Date;
}

const AT_A_TIME = 4;
/** What did not get through waits in a queue, and is tried again when all others were told. */
const ROUNDS = 3;

type About = Omit<News, 'entries' | 'showsOwners'>;

/** Tells each owner in Slack, and the fallback channel where Slack does not know them. */
export function slackDelivery(request: SlackRequest): Delivery {
  const { token, apiUrl, timing, startedAt } = request;
  const client = slackClient(token, apiUrl, timing);
  const context = { client, directory: new Directory(client, timing), timing, startedAt };
  return {
    tellOwners: (news, about) => new Telling(request, context).tell(news, about),
    tellPlatform: (summary) => tellPlatform(platformMessage(summary), request, context),
    tellFailure: (failed) => tellPlatform(failureMessage(failed), request, context),
  };
}

async function tellPlatform(
  message: SlackMessage,
  { channel }: SlackRequest,
  context: ConversationContext,
): Promise<string | undefined> {
  const conversation = new Conversation({ kind: 'channel', channel }, [message], context);
  let failure = await conversation.send();
  for (let round = 1; round < ROUNDS && failure !== undefined && isPassing(failure); round += 1) {
    failure = await conversation.send();
  }
  return failure?.sentence;
}

interface Bundle {
  readonly recipient: Recipient;
  readonly owners: Set<string>;
  readonly entries: Entry[];
}

/** One run's telling of all owners. */
class Telling {
  readonly #request: SlackRequest;
  readonly #context: ConversationContext;
  readonly #limit = pLimit(AT_A_TIME);
  readonly #shown: Entry[] = [];
  readonly #untold: Entry[] = [];
  readonly #problems: string[] = [];
  readonly #forFallback: Entry[] = [];
  #messages = 0;

  constructor(request: SlackRequest, context: ConversationContext) {
    this.#request = request;
    this.#context = context;
  }

  async tell(news: readonly OwnedNews[], about: About): Promise<Delivered> {
    const fallback = this.#fallback();
    const bundles = new Map<string, Bundle>();
    const found = await Promise.all(news.map((one) => this.#limit(() => this.#recipientOf(one))));
    news.forEach(({ owner, entries }, index) => {
      const recipient = found[index];
      if (recipient === 'failed') this.#untold.push(...entries);
      else if (recipient === undefined || keyOf(recipient) === keyOf(fallback)) this.#forFallback.push(...entries);
      else add(bundles, recipient, owner ?? '', entries);
    });
    await this.#tellAll([...bundles.values()], about, true);
    // Once more for those who could not be told themselves: all in one message.
    if (this.#forFallback.length > 0) {
      const owners = new Set(['', ' ']);
      await this.#tellAll([{ recipient: fallback, owners, entries: this.#forFallback }], about, false);
    }
    const problems = [...new Set(this.#problems)];
    return { shown: this.#shown, untold: this.#untold, messages: this.#messages, problems };
  }

  #fallback(): Recipient {
    const { policy, channel } = this.#request;
    const address = addressOf(policy.owners.fallback ?? channel);
    if (address?.kind === 'channel-id') return { kind: 'channel', channel: address.id };
    if (address?.kind === 'channel-name') return { kind: 'channel', channel: `#${address.name}` };
    if (address?.kind === 'user-id') return { kind: 'user', id: address.id };
    return { kind: 'channel', channel };
  }

  async #recipientOf({ owner }: OwnedNews): Promise<Recipient | undefined | 'failed'> {
    const address = ownerAddress(owner, this.#request.policy.owners);
    if (owner !== undefined && address === undefined) this.#say(owner, 'is no address that Slack could know');
    if (address === undefined) return undefined;
    const found = await this.#context.directory.find(address);
    if (found.kind === 'found' && found.recipient.kind !== 'group') return found.recipient;
    if (found.kind === 'failed') {
      this.#say(owner ?? '', `could not be looked up, and is told in the next run: ${found.failure.sentence}`);
      return 'failed';
    }
    const why = found.kind === 'unknown' ? found.why : 'a user group has no conversation';
    this.#say(owner ?? '', `could not be told, the fallback was: ${why}`);
    return undefined;
  }

  async #tellAll(bundles: readonly Bundle[], about: About, hasFallback: boolean): Promise<void> {
    const { hasButtons } = this.#request;
    let queue = bundles.map((bundle) => {
      const { recipient, owners, entries } = bundle;
      const messages = ownerMessages({ ...about, entries, showsOwners: owners.size > 1 }, hasButtons);
      return { bundle, conversation: new Conversation<OwnerMessage>(recipient, messages, this.#context) };
    });
    const all = queue;
    const failures = new Map<Bundle, SlackFailure>();
    let stopped: SlackFailure | undefined;
    for (let round = 1; round <= ROUNDS && queue.length > 0; round += 1) {
      const results = await Promise.all(
        queue.map((one) =>
          this.#limit(async () => {
            // Without a token that Slack takes, nobody else can be told either.
            const failure = stopped ?? (await one.conversation.send());
            if (failure?.kind === 'credentials') stopped = failure;
            return { one, failure };
          }),
        ),
      );
      failures.clear();
      for (const { one, failure } of results) if (failure !== undefined) failures.set(one.bundle, failure);
      queue = results.flatMap(({ one, failure }) => (failure !== undefined && isPassing(failure) ? [one] : []));
    }
    for (const { bundle, conversation } of all) {
      this.#settle(bundle, conversation.sent, failures.get(bundle), hasFallback);
    }
  }

  #settle(
    bundle: Bundle,
    sent: readonly OwnerMessage[],
    failure: SlackFailure | undefined,
    hasFallback: boolean,
  ): void {
    this.#messages += sent.length;
    const shown = new Set(sent.flatMap((message) => message.shown));
    this.#shown.push(...shown);
    if (failure === undefined) return;
    const rest = bundle.entries.filter((entry) => !shown.has(entry));
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

function add(bundles: Map<string, Bundle>, recipient: Recipient, owner: string, entries: readonly Entry[]): void {
  const key = keyOf(recipient);
  const bundle = bundles.get(key) ?? { recipient, owners: new Set<string>(), entries: [] };
  bundle.owners.add(owner);
  bundle.entries.push(...entries);
  bundles.set(key, bundle);
}

function keyOf(recipient: Recipient): string {
  return recipient.kind === 'channel' ? recipient.channel : `${recipient.kind} ${recipient.id}`;
}
