import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import { Requests } from '../aws/requests.ts';
import { getJson, listObjects } from '../aws/s3-objects.ts';
import type { Target } from '../model/account.ts';
import { JanitorError } from '../model/errors.ts';
import type { JournalEntry, JournalReading } from '../model/journal.ts';
import { apply, type Base, baseObject, entryObject, type Records } from './records.ts';

/** The journal does not say what this tool writes there, or can't be written; nothing can rest on it. */
export class JournalError extends JanitorError {
  override readonly name = 'JournalError';
}

/** Where the journal of one account and Region is. */
export interface JournalLocation {
  readonly s3: S3Client;
  readonly bucket: string;
  /** `journal/ACCOUNT/REGION/` */
  readonly prefix: string;
}

/** All that was recorded up to a moment, and which entries it holds already. */
export const BASE = 'base.json';
/** What was written since, one object each time. */
export const ENTRIES = 'entries/';

/** The journal as it stands. */
export interface JournalState {
  readonly base: { readonly value: Base; readonly eTag: string | undefined } | undefined;
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
  /** Entries never change, and a run that acts reads them again each time. */
  readonly #known = new Map<string, readonly JournalEntry[]>();
  #location: JournalLocation | undefined;
  #newest = '';

  constructor({ s3, bucket }: { readonly s3: S3Client; readonly bucket: string }) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** Where it is; unknown until it was read. */
  get location(): JournalLocation | undefined {
    return this.#location;
  }

  /** The time of the newest entry that was seen (ISO 8601), so that no later one is written before it. */
  get newest(): string {
    return this.#newest;
  }

  /** Reads it. What can't be read is a value; this never throws. */
  async read(target: Target, requests: Requests = new Requests()): Promise<JournalRead> {
    const { accountId, region } = target;
    const location = { s3: this.#s3, bucket: this.#bucket, prefix: `journal/${accountId}/${region}/` };
    try {
      const { records } = await this.state(location, requests);
      this.#location = location;
      return { status: 'read', ...records };
    } catch (error) {
      if (error instanceof JournalError) return { status: 'unreadable', error: error.message };
      const where = `s3://${location.bucket}/${location.prefix}`;
      return { status: 'unreadable', error: `${where} could not be read: ${failureOf(error).sentence}` };
    }
  }

  /**
   * Base and entries, brought together.
   * @throws JournalError where they are not what this tool writes, and AWS's own errors
   */
  async state(location: JournalLocation, requests: Requests): Promise<JournalState> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      // In this order: what is folded after it was listed stands in the base that is read then.
      const names = await listEntries(location, requests);
      const entries = await requests.sendAll(names, (name) => this.#entries(location, requests, name));
      const base = await readObject(location, requests, BASE, baseObject);
      const folded = new Set(base?.value.folded.map(({ name }) => name));
      if (names.some((name, index) => entries[index] === undefined && !folded.has(name))) continue;
      const records = { images: new Map(base?.value.images), snapshots: new Map(base?.value.snapshots) };
      for (const [index, name] of names.entries()) {
        if (folded.has(name)) continue;
        for (const entry of entries[index] ?? []) apply(records, entry);
      }
      this.#newest = [this.#newest, ...names.map(timeOf)].reduce((a, b) => (b > a ? b : a));
      return { base, names, records };
    }
    throw new JournalError(
      `entries of s3://${location.bucket}/${location.prefix} vanish while they are read; look who else removes objects there`,
    );
  }

  async #entries(
    location: JournalLocation,
    requests: Requests,
    name: string,
  ): Promise<readonly JournalEntry[] | undefined> {
    const known = this.#known.get(name) ?? (await readObject(location, requests, name, entryObject))?.value.entries;
    if (known !== undefined) this.#known.set(name, known);
    return known;
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/;

/** The time that an entry's name begins with; of a name that has none, nothing. */
function timeOf(name: string): string {
  return TIME.exec(name.slice(ENTRIES.length))?.[0] ?? '';
}

/**
 * What an object holds; nothing where there is none.
 * @throws JournalError where it is not what this tool writes
 */
async function readObject<Schema extends z.ZodType>(
  { s3, bucket, prefix }: JournalLocation,
  requests: Requests,
  name: string,
  schema: Schema,
): Promise<{ readonly value: z.output<Schema>; readonly eTag: string | undefined } | undefined> {
  const Key = `${prefix}${name}`;
  const found = await requests.send(() => getJson(s3, { Bucket: bucket, Key }, schema));
  if (found === undefined) return undefined;
  const { parsed, eTag } = found;
  if (parsed.success) return { value: parsed.data, eTag };
  const [issue] = parsed.error.issues;
  const where = [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ');
  throw new JournalError(
    `s3://${bucket}/${Key} is not what this version writes there (${where}); bring back an earlier version of the object, or use the version of ami-janitor that wrote it`,
  );
}

/** The names of the entries, in the order in which they apply. */
async function listEntries({ s3, bucket, prefix }: JournalLocation, requests: Requests): Promise<string[]> {
  const names: string[] = [];
  for await (const objects of listObjects(s3, { Bucket: bucket, Prefix: `${prefix}${ENTRIES}` }, requests))
    names.push(...objects.map(({ Key = '' }) => Key.slice(prefix.length)));
  return names.sort();
}
