import {
  type _Object,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { parseJson } from '../text/json.ts';
import { failureOf, unlessGone } from './errors.ts';
import { BrokenAnswerError, listOf, pagesOf, type Requests } from './requests.ts';

/** Where an object is, in S3's own words. */
export interface S3Location {
  readonly Bucket: string;
  readonly Key: string;
}

/** An object as it is written. */
export interface WrittenObject extends S3Location {
  readonly Body: string | Uint8Array;
  readonly ContentType: string;
}

/** A JSON object as it was found. */
export interface FoundJson<Value> {
  /** What it holds; a failure where that is not what the schema takes. */
  readonly parsed: z.ZodSafeParseResult<Value>;
  /** S3's mark of this version. */
  readonly eTag: string | undefined;
}

/** An object; nothing where there is none. @throws AWS's own errors */
export async function getObject(
  s3: S3Client,
  location: S3Location,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<GetObjectCommandOutput | undefined> {
  return unlessGone('NoSuchKey', s3.send(new GetObjectCommand(location), options));
}

/** A JSON object; nothing where there is none. @throws AWS's own errors */
export async function getJson<Schema extends z.ZodType>(
  s3: S3Client,
  location: S3Location,
  schema: Schema,
): Promise<FoundJson<z.output<Schema>> | undefined> {
  const found = await getObject(s3, location);
  if (found === undefined) return undefined;
  const text = (await found.Body?.transformToString()) ?? '';
  return { parsed: schema.safeParse(parseJson(text)), eTag: found.ETag };
}

/**
 * Writes an object over the version that was read, or where there was none.
 * @param eTag of the version that was read; undefined where there was none
 * @returns nothing where somebody else was quicker: read it again
 */
export async function replaceObject(
  s3: S3Client,
  object: PutObjectCommandInput,
  eTag: string | undefined,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<PutObjectCommandOutput | undefined> {
  try {
    return await putOver(s3, object, eTag, options);
  } catch (error) {
    if (isWriteConflict(error)) return undefined;
    throw error;
  }
}

/** The same. @throws where somebody else was quicker */
export function putOver(
  s3: S3Client,
  object: PutObjectCommandInput,
  eTag: string | undefined,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<PutObjectCommandOutput> {
  const condition = eTag === undefined ? { IfNoneMatch: '*' } : { IfMatch: eTag };
  return s3.send(new PutObjectCommand({ ...object, ...condition }), options);
}

/** S3's words for a condition that no longer holds, or that two writers put to the test at the same moment. */
export function isWriteConflict(error: unknown): boolean {
  const { code } = failureOf(error);
  return code === 'PreconditionFailed' || code === 'ConditionalRequestConflict' || code === 'NoSuchKey';
}

const TRIES = 6;
/** Of when an object tells; S3 keeps it beside the object. */
const TOLD_OF = 'observed-at';

/** Makes a write that rests on what it reads anew where somebody else was quicker. @throws what the last try threw */
export async function retried<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === TRIES || !isWriteConflict(error)) throw error;
    }
  }
}

/**
 * Writes an object over an older one only. Of several that write at once the newest stands in the end, whatever the
 * order in which they come.
 * @param observedAt of when it tells (ISO 8601)
 */
export async function putNewest(s3: S3Client, object: WrittenObject, observedAt: string): Promise<void> {
  await retried(async () => {
    const there = await headOf(s3, object);
    const newer = { ...object, Metadata: { [TOLD_OF]: observedAt } };
    if (there === undefined || there.observedAt <= observedAt) await putOver(s3, newer, there?.eTag);
  });
}

/** Writes an object that one run alone writes: once, and over what an earlier try of that run left. */
export async function putOwn(s3: S3Client, object: WrittenObject): Promise<void> {
  if (await replaceObject(s3, object, undefined)) return;
  const there = await headOf(s3, object);
  await s3.send(new PutObjectCommand({ ...object, ...(there && { IfMatch: there.eTag }) }));
}

/** Adds an object that is never written over, such as a run's audit records. @throws where another is there */
export async function putOnce(s3: S3Client, object: WrittenObject & { readonly Body: string }): Promise<void> {
  try {
    await putOver(s3, object, undefined);
  } catch (error) {
    // The answer to a first try can be lost on the way; the second then finds what the first has written.
    if (failureOf(error).code !== 'PreconditionFailed') throw error;
    const { Bucket, Key } = object;
    const there = await getObject(s3, { Bucket, Key });
    if ((await there?.Body?.transformToString()) !== object.Body) throw error;
  }
}

/** What stands at a key; nothing where there is nothing. */
export async function headOf(
  s3: S3Client,
  { Bucket, Key }: S3Location,
): Promise<{ readonly eTag: string | undefined; readonly observedAt: string } | undefined> {
  const head = await unlessGone('NotFound', s3.send(new HeadObjectCommand({ Bucket, Key })));
  return head && { eTag: head.ETag, observedAt: head.Metadata?.[TOLD_OF] ?? '' };
}

/**
 * The objects below a prefix, page by page, in S3's order of their keys.
 * @throws BrokenAnswerError where the list breaks off: what it would have held is unknown
 */
export async function* listObjects(
  s3: S3Client,
  input: ListObjectsV2CommandInput,
  requests?: Requests,
): AsyncGenerator<readonly _Object[]> {
  // The SDK's paginator writes into its input.
  for await (const page of pagesOf(paginateListObjectsV2({ client: s3 }, { ...input }), requests)) {
    if (page.IsTruncated === true && !page.NextContinuationToken)
      throw new BrokenAnswerError(
        `the list of s3://${input.Bucket}/${input.Prefix} breaks off, so it is not the whole`,
      );
    // S3 leaves the list out where nothing is below the prefix; KeyCount tells that apart from a broken answer.
    yield page.KeyCount === 0 ? [] : listOf(page.Contents, 'Contents');
  }
}
