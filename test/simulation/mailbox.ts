import type { Policy, Step } from '../../src/model/policy.ts';
import type { PostedMessage } from '../notify/slack-server.ts';
import { textsIn } from '../notify/slack-server.ts';
import { DAY, type Life } from './world.ts';

const HOUR = 3_600_000;
const CLOCKS = 300_000;

/** What an owner read last of an image. */
interface Told {
  readonly at: number;
  readonly disableFrom: string;
  /** The telling broke off, and may not have written it down. */
  readonly isUnsure: boolean;
  readonly deregisterFrom: string;
}

/** Everything that people read in Slack, by its metadata and texts, and what is wrong with it. */
export class Mailbox {
  readonly broken: string[] = [];
  /** By channel and image. */
  readonly #told = new Map<string, Told>();
  readonly #notices: { readonly key: string; readonly at: number }[] = [];
  #withdrawn = new Map<string, number>();

  /**
   * Reads what was posted.
   * @param isUnsure where the telling broke off
   * @param mayRepeat whether something happened to an image since a time that is a reason to tell of it again
   */
  read(
    messages: readonly PostedMessage[],
    now: number,
    isUnsure: boolean,
    mayRepeat: (imageId: string, since: number) => boolean,
  ): void {
    for (const message of messages) {
      const texts = textsIn(message.blocks);
      for (const line of JSON.stringify(message.metadata).match(/(?:notice|reminder) ami-[^\\"]+/g) ?? [])
        this.#readLine(message.channel, line, texts, now, isUnsure, mayRepeat);
    }
  }

  #readLine(
    channel: string,
    line: string,
    texts: readonly string[],
    now: number,
    isUnsure: boolean,
    mayRepeat: (imageId: string, since: number) => boolean,
  ): void {
    const [kind, id = '', deregisterFrom = '', disableFrom = ''] = line.split(' ');
    const key = `${channel} ${id}`;
    const before = this.#told.get(key);
    const about = texts.find((text) => text.includes(id)) ?? '';
    const saysSo =
      deregisterFrom === 'none' ? !about.includes('deregistered on') : about.includes(deregisterFrom.slice(0, 10));
    if (!saysSo) this.broken.push(`told in time: ${line} is not what its message says: ${about}`);
    if (kind === 'reminder') {
      if (before && before.deregisterFrom !== 'none' && Date.parse(deregisterFrom) < Date.parse(before.deregisterFrom))
        this.broken.push(
          `told in time: ${id} was promised until ${before.deregisterFrom}, and reminded of ${deregisterFrom}`,
        );
    } else {
      const last = this.#notices.findLast((one) => one.key === key)?.at;
      if (last !== undefined && now - last < 30 * DAY && !mayRepeat(id, last))
        this.broken.push(
          `heard once: ${channel} was told of ${id} ${(now - last) / HOUR} hours ago, and again: ${line}`,
        );
      this.#notices.push({ key, at: now });
    }
    const at = kind === 'reminder' ? (before?.at ?? now) : now;
    this.#told.set(key, { at, deregisterFrom, disableFrom, isUnsure });
  }

  /** An image was given everything back: what was told announces nothing any more, and its days still hold. */
  withdraw(imageId: string, now: number): void {
    this.#withdrawn.set(imageId, now);
  }

  isWithdrawnSince(imageId: string, since: number): boolean {
    return (this.#withdrawn.get(imageId) ?? 0) >= since;
  }

  /** Why an image may not be taken away now, by what its present owner read. */
  objection(
    action: 'disable' | 'deregister',
    { id, owner, ownerSince, launchedAt }: Life,
    now: number,
    { notify }: Policy,
    { notice }: Step,
  ): string | undefined {
    const told = this.#told.get(`C0000TEAM${owner.at(-1)} ${id}`);
    if (told === undefined)
      return notify === undefined || now - ownerSince < 15_000 ? undefined : `${owner} was told nothing`;
    // The next telling finds what is still due, and writes it down; where the policy tells nobody any more, there is none.
    if (told.isUnsure && notify === undefined) return undefined;
    const from = action === 'disable' ? told.disableFrom : told.deregisterFrom;
    const isWithdrawn = (this.#withdrawn.get(id) ?? 0) > told.at;
    if (from !== 'none' && Date.parse(from) > now + CLOCKS) return `${owner} was told that it stays until ${from}`;
    if (from === 'none' && !isWithdrawn) return `${owner} was told that it does not come to that`;
    if (notify === undefined) return undefined;
    if (isWithdrawn) return `${owner} was told of it before it was given back, and nothing since`;
    if (told.at + notice.milliseconds > now + CLOCKS)
      return `${owner} was told only at ${new Date(told.at).toISOString()}`;
    const launchShows = (launchedAt ?? Number.POSITIVE_INFINITY) + DAY + CLOCKS;
    if (launchShows < now && told.at < (launchedAt ?? 0)) return `${owner} was told nothing since it was launched`;
    return undefined;
  }
}
