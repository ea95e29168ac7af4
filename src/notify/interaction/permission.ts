import { type Address, addressOf } from '../../model/address.ts';
import type { Policy } from '../../model/policy.ts';
import { Directory, type Recipient } from '../slack/directory.ts';
import { Recipients } from '../slack/recipients.ts';
import type { SlackSession } from '../slack/session.ts';

const PAGE = 1000;

/** Who interacted with a message, and in which conversation it stands. */
interface InteractingUser {
  readonly userId: string;
  readonly channelId: string;
}

/**
 * Tells whether a person may speak for images: those who are told of them, which is their owner by the policy or the
 * fallback, and the platform group.
 */
export class Permission {
  readonly #session: SlackSession;
  readonly #directory: Directory;
  readonly #recipients: Recipients;
  readonly #policy: Policy;
  readonly #user: InteractingUser;
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(session: SlackSession, policy: Policy, user: InteractingUser) {
    this.#session = session;
    this.#directory = new Directory(session);
    this.#recipients = new Recipients(this.#directory, policy, policy.notify?.slack?.channel ?? '');
    this.#policy = policy;
    this.#user = user;
  }

  /** Whether the person may speak for images with this owner tag. What Slack does not say means no. */
  async speaksFor(owner: string | undefined): Promise<boolean> {
    const groups = this.#policy.owners.platformGroup.flatMap((written) => addressOf(written) ?? []);
    if ((await Promise.all(groups.map((address) => this.#isAt(address)))).includes(true)) return true;
    const found = await this.#recipients.ofOwner(owner);
    if (found.kind === 'found' && (await this.#isOne(found.recipient))) return true;
    if (found.kind === 'failed') return false;
    const fallback = await this.#recipients.fallback();
    if (fallback.kind !== 'found') return false;
    // Whom nobody knows, the fallback was told of. An owner whom Slack knows may not be reachable (an archived channel,
    // say): then the message stands with the fallback too, and that it stands there is what Slack's call says.
    if (found.kind === 'found' && !(await this.#standsWith(fallback.recipient))) return false;
    return this.#isOne(fallback.recipient);
  }

  /** Whether the message under which the button was pressed stands in the conversation with somebody. */
  async #standsWith(recipient: Recipient): Promise<boolean> {
    const { channelId, userId } = this.#user;
    if (recipient.kind === 'user') return channelId.startsWith('D') && recipient.id === userId;
    return recipient.kind === 'channel' && (await this.#directory.channelId(recipient.channel)) === channelId;
  }

  async #isAt(address: Address): Promise<boolean> {
    const found = await this.#directory.find(address);
    return found.kind === 'found' && this.#isOne(found.recipient);
  }

  #isOne(recipient: Recipient): Promise<boolean> {
    const key = JSON.stringify(recipient);
    const asked = this.#asked.get(key) ?? this.#ask(recipient);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(recipient: Recipient): Promise<boolean> {
    if (recipient.kind === 'user') return recipient.id === this.#user.userId;
    if (recipient.kind === 'group') return this.#isInGroup(recipient.id);
    const channel = await this.#directory.channelId(recipient.channel);
    return channel !== undefined && this.#isMember(channel);
  }

  async #isInGroup(usergroup: string): Promise<boolean> {
    const { client } = this.#session;
    const result = await this.#session.once(() => client.usergroups.users.list({ usergroup }));
    return result.ok && (result.answer.users ?? []).includes(this.#user.userId);
  }

  async #isMember(channel: string): Promise<boolean> {
    const { client } = this.#session;
    const answers = this.#session.pages((from) => client.conversations.members({ channel, limit: PAGE, ...from }));
    for await (const result of answers) {
      if (result.ok && (result.answer.members ?? []).includes(this.#user.userId)) return true;
    }
    return false;
  }
}
