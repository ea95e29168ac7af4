import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { getJson, getObject, isWriteConflict, listObjects, putOnce, replaceObject } from '../aws/s3-objects.ts';
import { JanitorError } from '../model/errors.ts';
import { parseJson } from '../text/json.ts';

/** A time, as the objects of a run hold it. */
export const date = z.iso.datetime().transform((text) => new Date(text));

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** An object of the run does not say what it should; nothing can rest on it. */
class BrokenObjectError extends JanitorError {
  override readonly name = 'BrokenObjectError';
}

/** The objects that the states of one run leave for each other: nothing that can grow passes between them otherwise. */
export class Store {
  readonly #s3: S3Client;
  readonly bucket: string;
  readonly #prefix: string;

  /** @param prefix `organization/RUN_ID/` */
  constructor(s3: S3Client, bucket: string, prefix: string) {
    this.#s3 = s3;
    this.bucket = bucket;
    this.#prefix = prefix;
  }

  /** The objects below another prefix, in the same bucket. */
  at(prefix: string): Store {
    return new Store(this.#s3, this.bucket, prefix);
  }

  /** The whole key of an object. */
  keyOf(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** @returns the SHA-256 of what was written, in hex */
  writeJson(name: string, value: unknown): Promise<string> {
    return this.writeText(name, JSON.stringify(value), 'application/json');
  }

  /**
   * Writes an object that nobody writes over.
   * @throws BrokenObjectError where another invocation has written it meanwhile
   */
  async addJson(name: string, value: unknown): Promise<void> {
    const Key = this.keyOf(name);
    try {
      await putOnce(this.#s3, {
        Bucket: this.bucket,
        Key,
        Body: JSON.stringify(value),
        ContentType: 'application/json',
      });
    } catch (error) {
      if (!isWriteConflict(error)) throw error;
      const why = 'was written by another invocation of this run, so this one does nothing more';
      throw new BrokenObjectError(`${Key} in the report bucket ${why}`, { cause: error });
    }
  }

  /**
   * Writes a text; one whose name ends in `.gz` is compressed.
   * @returns its SHA-256 in hex, before that
   */
  async writeText(name: string, text: string, contentType = 'text/plain; charset=utf-8'): Promise<string> {
    const zipped = name.endsWith('.gz');
    const Body = zipped ? await compress(text, { level: 3 }) : text;
    const ContentType = zipped ? 'application/gzip' : contentType;
    await this.#s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: this.keyOf(name), Body, ContentType }));
    return sha256Of(text);
  }

  /**
   * What an object holds; nothing where there is none.
   * @param sha256 of what was written, where the reader knows it
   * @throws BrokenObjectError where it is not what was written
   */
  async readJson<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    sha256?: string,
  ): Promise<z.output<Schema> | undefined> {
    const text = await this.readText(name, sha256);
    if (text === undefined) return undefined;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw this.#broken(name, parsed.error);
  }

  #broken(name: string, { issues: [issue] }: z.ZodError): BrokenObjectError {
    return new BrokenObjectError(
      `${this.keyOf(name)} in the report bucket is not what this run wrote there: ${issue?.path.join('.')} ${issue?.message}`,
    );
  }

  /** The same with S3's mark of what was found, for `replaceJson`. */
  async findJson<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
  ): Promise<{ readonly value: z.output<Schema>; readonly eTag: string | undefined } | undefined> {
    const found = await getJson(this.#s3, { Bucket: this.bucket, Key: this.keyOf(name) }, schema);
    if (found === undefined) return undefined;
    const { parsed, eTag } = found;
    if (!parsed.success) throw this.#broken(name, parsed.error);
    return { value: parsed.data, eTag };
  }

  /** Writes an object over what was found, or where nothing was. @returns false where somebody else was quicker */
  async replaceJson(name: string, value: unknown, eTag: string | undefined): Promise<boolean> {
    const object = { Bucket: this.bucket, Key: this.keyOf(name), Body: JSON.stringify(value) };
    return (await replaceObject(this.#s3, { ...object, ContentType: 'application/json' }, eTag)) !== undefined;
  }

  /** The same, of an object that must be there. */
  async needJson<Schema extends z.ZodType>(name: string, schema: Schema, sha256?: string): Promise<z.output<Schema>> {
    const value = await this.readJson(name, schema, sha256);
    if (value === undefined)
      throw new BrokenObjectError(`${this.keyOf(name)} is missing in the report bucket; start the run anew`);
    return value;
  }

  /** The same as it was written, whatever it says. */
  async readText(name: string, sha256?: string): Promise<string | undefined> {
    const text = await this.#textOf(name);
    if (text === undefined || sha256 === undefined || sha256Of(text) === sha256) return text;
    const why = 'was changed since this run wrote it, so nothing is decided by it; look who else writes there';
    throw new BrokenObjectError(`${this.keyOf(name)} in the report bucket ${why}, and start the run anew`);
  }

  async #textOf(name: string): Promise<string | undefined> {
    const found = await getObject(this.#s3, { Bucket: this.bucket, Key: this.keyOf(name) });
    if (found === undefined || !name.endsWith('.gz')) return found && ((await found.Body?.transformToString()) ?? '');
    return (await decompress((await found.Body?.transformToByteArray()) ?? new Uint8Array())).toString('utf8');
  }

  /** The names of the objects below a folder, in order. */
  async list(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const page of listObjects(this.#s3, { Bucket: this.bucket, Prefix: this.keyOf(folder) }))
      names.push(...page.map(({ Key = '' }) => Key.slice(this.#prefix.length)));
    return names.sort();
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
