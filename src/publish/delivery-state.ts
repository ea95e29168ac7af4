import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { getJson, putOver, retried, type S3Location } from '../aws/s3-objects.ts';
import { DAY, day } from '../text/format.ts';

const written = z.iso.datetime().transform((text) => new Date(text));
const stateSchema = z.object({
  schemaVersion: z.literal(1),
  /** Since when a delivery may have sent what nobody wrote down. */
  unfinishedSince: written.optional(),
  /** Outcomes of this day and later ones are delivered where they are not marked below; earlier ones are all delivered. */
  from: z.iso.date(),
  /** By the key of a run's audit records: the images of which owners were notified, or all that there was. */
  told: z.record(z.string(), z.union([z.literal('all'), z.array(z.string())])),
});
type State = Readonly<z.output<typeof stateSchema>>;

/** Older messages are not looked for: a conversation's history is read back so far at every delivery. */
const LOOKED_FOR_DAYS = 7;
/** A run's records lie under the day on which it began to read; it may end, and write them, so much later. */
const LATE_DAYS = 16;

/**
 * What was delivered to owners of past runs, and whether the last delivery came to its end: one object of the report bucket,
 * `telling/ACCOUNT.json`, written only over what was read, so that two deliveries at once lose nothing of each other.
 */
export class DeliveryState {
  readonly #s3: S3Client;
  readonly #location: S3Location;
  readonly #clock: () => Date;
  #state: State;
  #eTag: string | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(s3: S3Client, bucket: string, accountId: string, clock: () => Date) {
    this.#s3 = s3;
    this.#location = { Bucket: bucket, Key: `telling/${accountId}.json` };
    this.#clock = clock;
    // Of what was done before this tool first notified anybody, a day's outcomes are delivered.
    this.#state = { schemaVersion: 1, from: dayBefore(clock(), 1), told: {} };
  }

  /** @throws what S3 throws; an object that is none of this tool's is written over, and a day's outcomes are delivered */
  static async open(s3: S3Client, bucket: string, accountId: string, clock: () => Date): Promise<DeliveryState> {
    const state = new DeliveryState(s3, bucket, accountId, clock);
    await state.#read();
    return state;
  }

  /** The first day whose outcomes may not be delivered yet: `2026-11-21`. */
  get from(): string {
    return this.#state.from;
  }

  /** Whether there is nothing more to deliver of a run. */
  isDelivered(key: string): boolean {
    return this.#state.told[key] === 'all';
  }

  /** Whether an owner was notified of what a run did to an image. */
  wasDelivered(key: string, imageId: string): boolean {
    const told = this.#state.told[key];
    return told === 'all' || told?.includes(imageId) === true;
  }

  /**
   * A delivery begins: should it end before it says so, the next ones look for what it sent, a week back at the most.
   * @returns since when those before may have sent what nobody wrote down; nothing where the last came to its end
   */
  async begin(): Promise<Date | undefined> {
    const now = this.#clock();
    const { unfinishedSince } = this.#state;
    const since =
      unfinishedSince && new Date(Math.max(unfinishedSince.getTime(), now.getTime() - LOOKED_FOR_DAYS * DAY));
    await this.#change((state) => ({ ...state, unfinishedSince: since ?? now }));
    return since;
  }

  /** Owners were notified of what a run did to images; durable when it returns. */
  async delivered(key: string, imageIds: readonly string[]): Promise<void> {
    await this.#change((state) => {
      const told = state.told[key];
      if (told === 'all') return state;
      return { ...state, told: { ...state.told, [key]: [...new Set([...(told ?? []), ...imageIds])] } };
    });
  }

  /**
   * The delivery is over.
   * @param done the runs of which there is nothing more to deliver
   * @param seen all runs that there was something to deliver of: what nobody received is looked for however long that takes
   * @param isCertain false where messages may have come through that nobody wrote down
   */
  async end(done: readonly string[], seen: readonly string[], isCertain: boolean): Promise<void> {
    await this.#change((state) => {
      const { unfinishedSince, ...rest } = state;
      const told = {
        ...Object.fromEntries(seen.map((key) => [key, []])),
        ...state.told,
        ...Object.fromEntries(done.map((key) => [key, 'all'] as const)),
      };
      const open = Object.keys(told).filter((key) => told[key] !== 'all');
      const [oldest = ''] = [dayBefore(this.#clock(), LATE_DAYS), ...open.map(dayIn)].sort();
      const from = oldest > state.from ? oldest : state.from;
      const kept = Object.fromEntries(Object.entries(told).filter(([key]) => dayIn(key) >= from));
      return { ...rest, from, told: kept, ...(!isCertain && unfinishedSince && { unfinishedSince }) };
    });
  }

  /** One change after the other, each over what was read; where somebody else was quicker, over what they wrote. */
  #change(change: (state: State) => State): Promise<void> {
    let isStale = false;
    const save = async () => {
      if (isStale) await this.#read();
      isStale = true;
      const next = change(this.#state);
      const object = { ...this.#location, Body: JSON.stringify(next), ContentType: 'application/json' };
      this.#eTag = (await putOver(this.#s3, object, this.#eTag)).ETag;
      this.#state = next;
    };
    const changed = this.#saving.catch(() => {}).then(() => retried(save));
    this.#saving = changed;
    return changed;
  }

  async #read(): Promise<void> {
    const found = await getJson(this.#s3, this.#location, stateSchema);
    if (found?.parsed.success) this.#state = found.parsed.data;
    this.#eTag = found?.eTag;
  }
}

/** The day under which a run's audit records lie: `audit/ACCOUNT/REGION/2026/11/21/RUN_ID.jsonl`. */
function dayIn(key: string): string {
  return key.split('/').slice(3, 6).join('-');
}

/** The day in UTC, so many days before a time. */
function dayBefore(time: Date, days: number): string {
  return day(new Date(time.getTime() - days * DAY).toISOString());
}
