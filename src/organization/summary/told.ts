import * as z from 'zod';
import { LockedError } from '../../model/errors.ts';
import type { NotificationItem } from '../../notify/notifications.ts';
import { OBJECT } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';

const MINUTE = 60_000;
/** An invocation lives for fifteen minutes at the most, and its clock may be five apart. */
const TURN_MINUTES = 20;

const turn = z.object({
  /** When the first attempt began: no message of this run is older. */
  startedAt: date,
  /** Until then nobody else tells; absent in what an earlier version wrote. */
  until: date.exactOptional(),
});
/** Whether the platform's people were told; until then, whoever began it may be at it. */
const platformTurn = z.object({ until: date, told: z.boolean() });

/**
 * Tells the platform's people once a run: it is written down before the message goes out, and once it has arrived.
 * @param tell says why it failed; `wasBegun` where an earlier attempt may have told them
 * @throws LockedError where another invocation is telling
 */
export async function tellPlatformOnce(
  store: Store,
  clock: () => Date,
  tell: (wasBegun: boolean) => Promise<string | undefined>,
): Promise<string | undefined> {
  const earlier = await store.findJson(OBJECT.platformTold, platformTurn);
  const { told = false, until } = earlier?.value ?? {};
  if (told) return undefined;
  const now = clock();
  const another = 'another invocation of this run is telling the platform’s people, or was a moment ago';
  if (until !== undefined && until > now) throw new LockedError(`${another}; try again after ${until.toISOString()}`);
  const begun = { until: new Date(now.getTime() + TURN_MINUTES * MINUTE).toISOString(), told: false };
  if (!(await store.replaceJson(OBJECT.platformTold, begun, earlier?.eTag))) throw new LockedError(another);
  const problem = await tell(earlier !== undefined);
  const ended = { until: clock().toISOString(), told: problem === undefined };
  await store.writeJson(OBJECT.platformTold, ended).catch(() => undefined);
  return problem;
}

const part = z.object({ items: z.array(z.string()) });
const ENDED = '-ended.json';

/**
 * What owners were told in a run, message by message, attempt after attempt: written down before a message goes out and
 * again once it has arrived. One attempt tells at a time.
 */
export class ToldLedger {
  /** When an earlier attempt began; absent for the first. */
  readonly unfinishedSince?: Date;
  readonly #store: Store;
  readonly #attempt: number;
  readonly #startedAt: Date;
  readonly #begun: ReadonlySet<string>;
  readonly #told: ReadonlySet<string>;
  #number = 0;

  private constructor(store: Store, earlier: Date | undefined, startedAt: Date, parts: Parts) {
    this.#store = store;
    if (earlier !== undefined) this.unfinishedSince = earlier;
    this.#startedAt = startedAt;
    this.#attempt = parts.attempts + 1;
    this.#begun = parts.begun;
    this.#told = parts.told;
  }

  /**
   * Begins an attempt.
   * @throws LockedError where another invocation is telling
   */
  static async open(store: Store, now: Date): Promise<ToldLedger> {
    const earlier = await store.findJson(OBJECT.notifying, turn);
    const { startedAt = now, until } = earlier?.value ?? {};
    const another = 'another invocation of this run is telling owners, or was a moment ago';
    if (until !== undefined && until > now) throw new LockedError(`${another}; try again after ${until.toISOString()}`);
    const taken = {
      startedAt: startedAt.toISOString(),
      until: new Date(now.getTime() + TURN_MINUTES * MINUTE).toISOString(),
    };
    if (!(await store.replaceJson(OBJECT.notifying, taken, earlier?.eTag))) throw new LockedError(another);
    return new ToldLedger(store, earlier?.value.startedAt, startedAt, await partsOf(store));
  }

  /** Whether it has certainly arrived. */
  isTold(item: NotificationItem): boolean {
    return this.#told.has(keyOf(item));
  }

  /** Whether an earlier attempt was about to send it, and nobody knows whether it did. */
  readonly wasBegun = (item: NotificationItem): boolean => this.#begun.has(keyOf(item));

  /** Writes down that a message goes out. @returns what says how it ended */
  async begin(items: readonly NotificationItem[]): Promise<void> {
    this.#number += 1;
    await this.#add(this.#number, items, '.json');
  }

  /** Writes down that a message has arrived. */
  async end(items: readonly NotificationItem[]): Promise<void> {
    this.#number += 1;
    await this.#add(this.#number, items, ENDED);
  }

  /** Lets the next attempt begin at once. What keeps that from being written only makes it wait. */
  async close(now: Date): Promise<void> {
    const given = { startedAt: this.#startedAt.toISOString(), until: now.toISOString() };
    await this.#store.writeJson(OBJECT.notifying, given).catch(() => undefined);
  }

  async #add(number: number, items: readonly NotificationItem[], ending: string): Promise<void> {
    const name = `${String(this.#attempt).padStart(4, '0')}-${String(number).padStart(4, '0')}${ending}`;
    await this.#store.addJson(`${OBJECT.told}${name}`, { items: items.map(keyOf) });
  }
}

interface Parts {
  readonly attempts: number;
  readonly begun: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
}

async function partsOf(store: Store): Promise<Parts> {
  const names = await store.list(OBJECT.told);
  const begun = new Set<string>();
  const told = new Set<string>();
  for (const name of names)
    for (const key of (await store.needJson(name, part)).items) (name.endsWith(ENDED) ? told : begun).add(key);
  const attempts = Math.max(0, ...names.map((name) => Number.parseInt(name.slice(OBJECT.told.length), 10)));
  return { attempts, begun, told };
}

/** The same in every attempt, whatever dates a message shows. */
function keyOf({ kind, notice }: NotificationItem): string {
  const { accountId, region, imageId } = notice;
  return JSON.stringify([accountId, region, imageId, kind === 'notice' ? notice.isReminder : notice.sentence]);
}
