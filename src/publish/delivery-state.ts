import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import { isWriteConflict } from '../aws/s3-objects.ts';

const written = z.iso.datetime().transform((text) => new Date(text));
const stateSchema = z.object({
  schemaVersion: z.literal(1),
  /** Since when a telling may have told what nobody wrote down. */
  unfinishedSince: written.optional(),
  /** Outcomes of this day and later ones are told where they are not marked below; earlier ones are all told. */
  from: z.iso.date(),
  /** By the key of a run's audit records: the images of which owners were told, or all that there was to tell. */
  told: z.record(z.string(), z.union([z.literal('all'), z.array(z.string())])),
});
type State = Readonly<z.output<typeof stateSchema>>;

const TRIES = 6;
const DAY = 86_400_000;
/** Older messages are not looked for: a conversation's history is read back so far at every telling. */
const LOOKED_FOR_DAYS = 7;
/** A run's records lie under the day on which it began to look; it may end, and write them, so much later. */
const LATE_DAYS = 16;

/**
 * What owners were told of past runs, and whether the last telling came to its end: one object of the report bucket,
 * `telling/ACCOUNT.json`, written only over what was read, so that two tellings at once lose nothing of each other.
 */
export class DeliveryState {
  readonly #s3: S3Client;
  readonly #place: { readonly Bucket: string; readonly Key: string };
  readonly #clock: () => Date;
  #state: State;
  #eTag: string | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(s3: S3Client, bucket: string, accountId: string, clock: () => Date) {
    this.#s3 = s3;
    this.#place = { Bucket: bucket, Key: `telling/${accountId}.json` };
    this.#clock = clock;
    // Of what was done before this tool first told anybody, a day's outcomes are news.
    this.#state = { schemaVersion: 1, from: dayOf(new Date(clock().getTime() - DAY)), told: {} };
  }

  /** @throws what S3 throws; an object that is none of this tool's is written over, and a day's outcomes are news */
  static async open(s3: S3Client, bucket: string, accountId: string, clock: () => Date): Promise<DeliveryState> {
    const state = new DeliveryState(s3, bucket, accountId, clock);
    await state.#read();
    return state;
  }

  /** The first day whose outcomes may not be told yet: `2026-11-21`. */
  get from(): string {
    return this.#state.from;
  }

  /** Whether there is nothing more to tell of a run. */
  isTold(key: string): boolean {
    return this.#state.told[key] === 'all';
  }

  /** Whether an owner heard what a run did to an image. */
  wasTold(key: string, imageId: string): boolean {
    const told = this.#state.told[key];
    return told === 'all' || told?.includes(imageId) === true;
  }

  /**
   * A telling begins: should it end before it says so, the next one looks for what it told.
   * @returns since when the one before may have told what nobody wrote down; nothing where it came to its end
   */
  async begin(): Promise<Date | undefined> {
    const now = this.#clock();
    const { unfinishedSince } = this.#state;
    const since = unfinishedSince && now.getTime() - unfinishedSince.getTime() < LOOKED_FOR_DAYS * DAY;
    await this.#change((state) => ({ ...state, unfinishedSince: since ? unfinishedSince : now }));
    return since ? unfinishedSince : undefined;
  }

  /** Owners heard what a run did to images; durable when it returns. */
  async tell(key: string, imageIds: readonly string[]): Promise<void> {
    await this.#change((state) => {
      const told = state.told[key];
      if (told === 'all') return state;
      return { ...state, told: { ...state.told, [key]: [...new Set([...(told ?? []), ...imageIds])] } };
    });
  }

  /**
   * The telling is over.
   * @param done the runs of which there is nothing more to tell
   * @param seen all runs that there was something to tell of: what nobody heard is looked for however long that takes
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
      const oldest = [dayOf(new Date(this.#clock().getTime() - LATE_DAYS * DAY)), ...open.map(dayIn)].reduce((a, b) =>
        a < b ? a : b,
      );
      const from = oldest > state.from ? oldest : state.from;
      const kept = Object.fromEntries(Object.entries(told).filter(([key]) => dayIn(key) >= from));
      return { ...rest, from, told: kept, ...(!isCertain && unfinishedSince && { unfinishedSince }) };
    });
  }

  /** One change after the other, each over what was read; where somebody else was quicker, over what they wrote. */
  #change(change: (state: State) => State): Promise<void> {
    const changed = this.#saving.catch(() => {}).then(() => this.#save(change));
    this.#saving = changed;
    return changed;
  }

  async #save(change: (state: State) => State): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const next = change(this.#state);
      const condition = this.#eTag === undefined ? { IfNoneMatch: '*' } : { IfMatch: this.#eTag };
      const Body = JSON.stringify(next);
      try {
        const put = new PutObjectCommand({ ...this.#place, Body, ContentType: 'application/json', ...condition });
        this.#eTag = (await this.#s3.send(put)).ETag;
        this.#state = next;
        return;
      } catch (error) {
        if (attempt === TRIES || !isWriteConflict(error)) throw error;
        await this.#read();
      }
    }
  }

  async #read(): Promise<void> {
    try {
      const { Body, ETag } = await this.#s3.send(new GetObjectCommand(this.#place));
      const parsed = stateSchema.safeParse(jsonOf((await Body?.transformToString()) ?? ''));
      if (parsed.success) this.#state = parsed.data;
      this.#eTag = ETag;
    } catch (error) {
      if (failureOf(error).kind !== 'not-found') throw error;
      this.#eTag = undefined;
    }
  }
}

/** The day under which a run's audit records lie: `audit/ACCOUNT/REGION/2026/11/21/RUN_ID.jsonl`. */
function dayIn(key: string): string {
  return key.split('/').slice(3, 6).join('-');
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
