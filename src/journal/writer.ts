import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { Requests } from '../aws/requests.ts';
import { replaceObject } from '../aws/s3-objects.ts';
import type { JournalEntry } from '../model/journal.ts';
import { BASE, ENTRIES, JournalError, type JournalLocation, type JournalReader } from './reader.ts';
import { type Base, JOURNAL_VERSION, prune, type Records } from './records.ts';

const TRIES = 3;
/** Fewer entries are left for a later run to fold: each costs a reader one call. */
const WORTH_FOLDING = 10;
/** So long the base names what it holds already; a write that is tried again comes seconds late. */
const FOLDED_KNOWN_MILLISECONDS = 86_400_000;

/** What writing needs to know of the run. */
export interface JournalWriterRequest {
  /** Has read the journal before anything is written: what can't be read is not written to. */
  readonly reader: JournalReader;
  readonly runId: string;
  readonly clock: () => Date;
}

/**
 * Writes one run's facts into the journal. Entries are only ever added, each in an object of its own name; a run that
 * acts folds them into the base at its end.
 */
export class JournalWriter {
  readonly #request: JournalWriterRequest;
  /** Several writers of one run, one an iteration, must not meet in a name. */
  readonly #id = randomBytes(4).toString('hex');
  #newest = '';

  constructor(request: JournalWriterRequest) {
    this.#request = request;
  }

  /** Adds facts, all of them in one object; they are durable when it returns. */
  readonly write = async (entries: readonly JournalEntry[]): Promise<void> => {
    if (entries.length === 0) return;
    const { reader, runId, clock } = this.#request;
    if (reader.location === undefined) throw new JournalError('the journal must be read before it is written');
    this.#newest = laterThan(this.#newest > reader.newest ? this.#newest : reader.newest, clock());
    const name = `${ENTRIES}${this.#newest}-${runId}-${this.#id}.json`;
    await add(reader.location, name, JSON.stringify({ journalVersion: JOURNAL_VERSION, runId, entries }));
  };

  /**
   * Folds the entries into the base, and drops what is long gone. Safe beside any other run that does the same, and
   * wherever it is killed: what the base names as folded is ignored, whether it is still there or not.
   * @param isThere whether the account holds an image or a snapshot
   * @returns one sentence where it could not be done; nothing is lost then
   */
  async fold(isThere: (id: string) => boolean): Promise<string | undefined> {
    const { reader, clock } = this.#request;
    const { location } = reader;
    if (location === undefined) return undefined;
    try {
      const requests = new Requests();
      const { base, names, records } = await reader.state(location, requests);
      if (names.length < WORTH_FOLDING) return undefined;
      prune(records, isThere, clock());
      const body = bodyOf(records, foldedNames(base?.value, names, clock()));
      const written = await replaceObject(location.s3, jsonObject(location, BASE, body), base?.eTag);
      if (written === undefined) return undefined;
      await requests.sendAll(names, (name) => remove(location, name));
      return undefined;
    } catch (error) {
      return `the journal's entries could not be folded and stay as they are: ${failureOf(error).sentence}`;
    }
  }
}

/**
 * Now, and in any case after the newest entry: entries apply in the order of their times, and a clock that is set back,
 * or behind another's, must not put a later fact before an earlier one.
 */
function laterThan(newest: string, now: Date): string {
  const time = now.toISOString();
  return time > newest ? time : new Date(Date.parse(newest) + 1).toISOString();
}

/** Adds an object that is not there yet; a second try that finds the first one's is done. */
async function add(location: JournalLocation, name: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await location.s3.send(new PutObjectCommand({ ...jsonObject(location, name, body), IfNoneMatch: '*' }));
      return;
    } catch (error) {
      const { code } = failureOf(error);
      // The answer to a first try can be lost on the way. No other run has this name, so that it is this one's.
      if (code === 'PreconditionFailed') return;
      // Two tries of one write, put to the test at the same moment.
      if (code !== 'ConditionalRequestConflict' || attempt === TRIES) throw error;
    }
  }
}

function jsonObject({ bucket, prefix }: JournalLocation, name: string, Body: string) {
  return { Bucket: bucket, Key: `${prefix}${name}`, Body, ContentType: 'application/json' };
}

async function remove({ s3, bucket, prefix }: JournalLocation, name: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${name}` }));
}

function foldedNames(base: Base | undefined, names: readonly string[], now: Date): Base['folded'] {
  const there = new Set(names);
  const earlier = (base?.folded ?? []).filter(
    ({ name, at }) => there.has(name) || now.getTime() - at.getTime() < FOLDED_KNOWN_MILLISECONDS,
  );
  const known = new Set(earlier.map(({ name }) => name));
  return [...earlier, ...names.filter((name) => !known.has(name)).map((name) => ({ name, at: now }))];
}

function bodyOf({ images, snapshots }: Records, folded: Base['folded']): string {
  return JSON.stringify({ journalVersion: JOURNAL_VERSION, images: [...images], snapshots: [...snapshots], folded });
}
