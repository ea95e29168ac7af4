import {
  type _Object,
  GetObjectCommand,
  type GetObjectCommandOutput,
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
