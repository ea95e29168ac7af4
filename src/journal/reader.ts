import type { S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { countRequests, type Requests } from '../aws/requests.ts';
import type { Target } from '../model/account.ts';
import type { JournalEntry, JournalReading } from '../model/journal.ts';
import {
  BASE,
  ENTRIES,
  type Found,
  JournalError,
  type JournalPlace,
  journalPlace,
  listEntries,
  readObject,
} from './objects.ts';
import { apply, type Records, recordsOf } from './records.ts';
import { type Base, baseObject, entryObject } from './schema.ts';

/** The journal as it stands. */
export interface JournalState {
  readonly base: Found<Base> | undefined;
  /** The entry objects that are there, whether the base holds them or not. */
  readonly names: readonly string[];
  readonly records: Records;
}

/** What reading it gives: there is one. */
type JournalRead = Exclude<JournalReading, { status: 'none' }>;

const TRIES = 3;

/**
 * Reads the journal of one account and Region from the report bucket: a base, and the entries that were written since.
 * It sees either an entry or the base that holds it, whatever is folded meanwhile.
 */
export class JournalReader {
  readonly #s3: S3Client;
  readonly #bucket: string;
  /** Entries never change, and a run that acts reads them again at every look. */
  readonly #known = new Map<string, readonly JournalEntry[]>();
  #place: JournalPlace | undefined;
  #newest = '';

  constructor({ s3, bucket }: { readonly s3: S3Client; readonly bucket: string }) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** Where it lies; unknown until it was read. */
  get place(): JournalPlace | undefined {
    return this.#place;
  }

  /** The time of the newest entry that was seen (ISO 8601), so that no later one is written before it. */
  get newest(): string {
    return this.#newest;
  }

  /** Reads it. What can't be read is told as that; this never throws. */
  async read(target: Target, requests: Requests = countRequests()): Promise<JournalRead> {
    const place = journalPlace(this.#s3, this.#bucket, target);
    try {
      const { records } = await this.state(place, requests);
      this.#place = place;
      return { status: 'read', ...records };
    } catch (error) {
      if (error instanceof JournalError) return { status: 'unreadable', error: error.message };
      const where = `s3://${place.bucket}/${place.prefix}`;
      return { status: 'unreadable', error: `${where} could not be read: ${failureOf(error).sentence}` };
    }
  }

  /**
   * Base and entries, brought together.
   * @throws JournalError where they are not what this tool writes, and AWS's own errors
   */
  async state(place: JournalPlace, requests: Requests): Promise<JournalState> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      // In this order: what is folded after it was listed stands in the base that is read then.
      const names = await listEntries(place, requests);
      const entries = await requests.sendAll(names, (name) => this.#entries(place, requests, name));
      const base = await readObject(place, requests, BASE, baseObject);
      const folded = new Set(base?.value.folded.map(({ name }) => name));
      if (names.some((name, index) => entries[index] === undefined && !folded.has(name))) continue;
      const records = recordsOf(base?.value);
      for (const [index, name] of names.entries()) {
        if (folded.has(name)) continue;
        for (const entry of entries[index] ?? []) apply(records, entry);
      }
      this.#newest = [this.#newest, ...names.map(timeOf)].reduce((a, b) => (b > a ? b : a));
      return { base, names, records };
    }
    throw new JournalError(
      `entries of s3://${place.bucket}/${place.prefix} vanish while they are read; look who else removes objects there`,
    );
  }

  async #entries(place: JournalPlace, requests: Requests, name: string): Promise<readonly JournalEntry[] | undefined> {
    const known = this.#known.get(name) ?? (await readObject(place, requests, name, entryObject))?.value.entries;
    if (known !== undefined) this.#known.set(name, known);
    return known;
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/;

/** The time that an entry's name begins with; of a name that has none, nothing. */
function timeOf(name: string): string {
  return TIME.exec(name.slice(ENTRIES.length))?.[0] ?? '';
}
