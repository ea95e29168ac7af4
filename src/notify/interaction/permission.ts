import { addressOf } from '../../model/address.ts';
import type { Policy } from '../../model/policy.ts';
import { Directory, type Recipient } from '../slack/directory.ts';
import type { SlackSession } from '../slack/session.ts';
import type { Interaction } from './interaction.ts';

const PAGE = 1000;

/**
 * Tells whether a person may speak for images: those who are told of them, which is their owner by the policy or the
 * fallback, and the platform group.
 */
export class Permission {
  readonly #directory: Directory;
  readonly #policy: Policy;
  readonly #user: Pick<Interaction, 'userId' | 'channelId'>;
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(session: SlackSession, policy: Policy, user: Pick<Interaction, 'userId' | 'channelId'>) {
    this.#directory = new Directory(session, policy);
    this.#policy = policy;
    this.#user = user;
  }

  /** Whether the person may speak for images with this owner tag. What Slack does not say means no. */
  async speaksFor(owner: string | undefined): Promise<boolean> {
    const groups = this.#policy.owners.platformGroup.map((written) => this.#isAt(written));
    if ((await Promise.all(groups)).includes(true)) return true;
    const found = await this.#directory.ofOwner(owner);
    if (found.kind === 'found' && (await this.#isOne(found.recipient))) return true;
    if (found.kind === 'failed') return false;
    const fallback = await this.#directory.fallback();
    if (fallback.kind !== 'found') return false;
    // Whom nobody knows, the fallback was told of. An owner whom Slack knows may not be reachable (an archived channel,
    // say): then the message stands with the fallback too, and that it stands there is what Slack's call says.
    if (found.kind === 'found' && !(await this.#standsWith(fallback.recipient))) return false;
    return this.#isOne(fallback.recipient);
  }

  /** Whether the message under which the button was pressed stands in the conversation with somebody. */
  async #standsWith({ kind, id }: Recipient): Promise<boolean> {
    const { channelId, userId } = this.#user;
    if (kind === 'user') return channelId.startsWith('D') && id === userId;
    return kind === 'channel' && (await this.#directory.channelId(id)) === channelId;
  }

  async #isAt(written: string): Promise<boolean> {
    const address = addressOf(written);
    const found = address && (await this.#directory.find(address));
    return found?.kind === 'found' && this.#isOne(found.recipient);
  }

  #isOne(recipient: Recipient): Promise<boolean> {
    const key = JSON.stringify(recipient);
    const asked = this.#asked.get(key) ?? this.#ask(recipient);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask({ kind, id }: Recipient): Promise<boolean> {
    if (kind === 'user') return id === this.#user.userId;
    if (kind === 'group') return this.#isInGroup(id);
    const channel = await this.#directory.channelId(id);
    return channel !== undefined && this.#isMember(channel);
  }

  async #isInGroup(usergroup: string): Promise<boolean> {
    const { session } = this.#directory;
    const result = await session.once(() => session.client.usergroups.users.list({ usergroup }));
    return result.ok && (result.answer.users ?? []).includes(this.#user.userId);
  }

  async #isMember(channel: string): Promise<boolean> {
    const { session } = this.#directory;
    const { conversations } = session.client;
    const answers = session.pages((from) => conversations.members({ channel, limit: PAGE, ...from }));
    for await (const result of answers) {
      if (result.ok && (result.answer.members ?? []).includes(this.#user.userId)) return true;
    }
    return false;
  }
}
