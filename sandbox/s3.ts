import { createHash } from 'node:crypto';
import {
  DeleteObject$,
  type DeleteObjectOutput,
  type DeleteObjectRequest,
  GetObject$,
  type GetObjectRequest,
  HeadObject$,
  type HeadObjectOutput,
  type HeadObjectRequest,
  ListObjectsV2$,
  type ListObjectsV2Output,
  type ListObjectsV2Request,
  PutObject$,
  type PutObjectOutput,
  type PutObjectRequest,
} from '@aws-sdk/client-s3';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read, write } from './operation.ts';
import type { AccountState, StoredObject } from './state.ts';

const MOST_KEYS = 1000;

function bucketOf(state: AccountState, name: string | undefined): Map<string, StoredObject> {
  const bucket = state.buckets.get(name ?? '');
  if (bucket === undefined) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
  return bucket;
}

function objectOf(
  state: AccountState,
  input: {
    Bucket: string | undefined;
    Key: string | undefined;
    IfMatch?: string | undefined;
    IfNoneMatch?: string | undefined;
  },
): StoredObject {
  const object = bucketOf(state, input.Bucket).get(input.Key ?? '');
  if (object === undefined) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
  if (input.IfMatch !== undefined && input.IfMatch !== object.eTag) throw preconditionFailed();
  if (input.IfNoneMatch === object.eTag) throw new ServiceError('NotModified', 'Not Modified', 304);
  return object;
}

function preconditionFailed(): ServiceError {
  return new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

function putObject(
  input: Omit<PutObjectRequest, 'Body'> & { Body?: Uint8Array },
  { state, now }: Context,
): PutObjectOutput {
  const bucket = bucketOf(state, input.Bucket);
  const held = bucket.get(input.Key ?? '');
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*')
      throw new ServiceError(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        501,
      );
    if (held !== undefined) throw preconditionFailed();
  }
  if (input.IfMatch !== undefined) {
    if (held === undefined) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
    if (held.eTag !== input.IfMatch) throw preconditionFailed();
  }
  const body = input.Body ?? new Uint8Array();
  const eTag = `"${createHash('md5').update(body).digest('hex')}"`;
  bucket.set(input.Key ?? '', {
    body,
    eTag,
    lastModified: now,
    ...(input.ContentType === undefined ? {} : { contentType: input.ContentType }),
    metadata: input.Metadata ?? {},
  });
  return { ETag: eTag };
}

function headObject(input: HeadObjectRequest, { state }: Context): HeadObjectOutput {
  const object = objectOf(state, input);
  return {
    ContentLength: object.body.byteLength,
    ContentType: object.contentType ?? 'application/octet-stream',
    ETag: object.eTag,
    LastModified: object.lastModified,
    Metadata: { ...object.metadata },
  };
}

function getObject(input: GetObjectRequest, context: Context): object {
  return { ...headObject(input, context), Body: objectOf(context.state, input).body };
}

function deleteObject(input: DeleteObjectRequest, { state }: Context): DeleteObjectOutput {
  const bucket = bucketOf(state, input.Bucket);
  const held = bucket.get(input.Key ?? '');
  if (input.IfMatch !== undefined && held !== undefined && input.IfMatch !== '*' && input.IfMatch !== held.eTag)
    throw preconditionFailed();
  bucket.delete(input.Key ?? '');
  return {};
}

/** The part of a key up to the delimiter after the prefix, where keys are folded together. */
function folded(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  const end = delimiter === undefined || delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + (delimiter?.length ?? 0));
}

function listObjects(input: ListObjectsV2Request, { state, pages }: Context): ListObjectsV2Output {
  const bucket = bucketOf(state, input.Bucket);
  const prefix = input.Prefix ?? '';
  const keys = [...bucket.keys()].filter((key) => key.startsWith(prefix) && key > (input.StartAfter ?? '')).sort();
  const rows = [...new Set(keys.map((key) => folded(key, prefix, input.Delimiter) ?? key))];
  const size = Math.min(input.MaxKeys ?? MOST_KEYS, MOST_KEYS);
  const page = pages.take(rows, (row) => row, { token: input.ContinuationToken, size });
  const Contents = page.items.flatMap((Key) => {
    const object = bucket.get(Key);
    return object === undefined
      ? []
      : [{ Key, ETag: object.eTag, Size: object.body.byteLength, LastModified: object.lastModified }];
  });
  return {
    Name: input.Bucket,
    Prefix: prefix,
    KeyCount: page.items.length,
    MaxKeys: size,
    IsTruncated: page.nextToken !== undefined,
    Contents,
    CommonPrefixes: page.items.filter((row) => !bucket.has(row)).map((Prefix) => ({ Prefix })),
    NextContinuationToken: page.nextToken,
  };
}

export const s3Operations: readonly Operation[] = [
  write(PutObject$, putObject),
  read(GetObject$, getObject),
  read(HeadObject$, headObject),
  read(ListObjectsV2$, listObjects),
  write(DeleteObject$, deleteObject),
];
