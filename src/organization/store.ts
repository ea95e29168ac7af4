import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { getObject, listObjects } from '../aws/s3-objects.ts';
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

  async writeJson(name: string, value: unknown): Promise<void> {
    await this.writeText(name, JSON.stringify(value), 'application/json');
  }

  /** Writes a text; one whose name ends in `.gz` is compressed. */
  async writeText(name: string, text: string, contentType = 'text/plain; charset=utf-8'): Promise<void> {
    const zipped = name.endsWith('.gz');
    const Body = zipped ? await compress(text, { level: 3 }) : text;
    const ContentType = zipped ? 'application/gzip' : contentType;
    await this.#s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: this.keyOf(name), Body, ContentType }));
  }

  /**
   * What an object holds; nothing where there is none.
   * @throws BrokenObjectError where it is not what was written
   */
  async readJson<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const text = await this.readText(name);
    if (text === undefined) return undefined;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new BrokenObjectError(
      `${this.keyOf(name)} in the report bucket is not what this run wrote there: ${issue?.path.join('.')} ${issue?.message}`,
    );
  }

  /** The same, of an object that must be there. */
  async needJson<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema>> {
    const value = await this.readJson(name, schema);
    if (value === undefined)
      throw new BrokenObjectError(`${this.keyOf(name)} is missing in the report bucket; start the run anew`);
    return value;
  }

  async readText(name: string): Promise<string | undefined> {
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
