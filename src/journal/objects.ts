import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import { BrokenAnswerError, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { Target } from '../model/account.ts';

/** The journal does not say what this tool writes there, or can't be written; nothing can rest on it. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** The objects of one account's and Region's journal, and where they lie. */
export interface JournalPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  /** `journal/ACCOUNT/REGION/` */
  readonly prefix: string;
}

/** All that was recorded up to a moment, and which entries it holds already. */
export const BASE = 'base.json';
/** What was written since, one object each time. */
export const ENTRIES = 'entries/';

/** An object as it was found, and S3's mark of that version of it. */
export interface Found<Value> {
  readonly value: Value;
  readonly eTag: string;
}

/** Where the journal of an account and Region lies. */
export function journalPlace(s3: S3Client, bucket: string, { accountId, region }: Target): JournalPlace {
  return { s3, bucket, prefix: `journal/${accountId}/${region}/` };
}

/**
 * What an object holds; nothing where there is none.
 * @throws JournalError where it is not what this tool writes
 */
export async function readObject<Schema extends z.ZodType>(
  { s3, bucket, prefix }: JournalPlace,
  requests: Requests,
  name: string,
  schema: Schema,
): Promise<Found<z.output<Schema>> | undefined> {
  const Key = `${prefix}${name}`;
  try {
    const { Body, ETag = '' } = await requests.send(() => s3.send(new GetObjectCommand({ Bucket: bucket, Key })));
    const parsed = schema.safeParse(jsonOf((await Body?.transformToString()) ?? ''));
    if (parsed.success) return { value: parsed.data, eTag: ETag };
    const [issue] = parsed.error.issues;
    const where = [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ');
    throw new JournalError(
      `s3://${bucket}/${Key} is not what this version writes there (${where}); bring back an earlier version of the object, or use the version of ami-janitor that wrote it`,
    );
  } catch (error) {
    if (failureOf(error).code === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** The names of the entries, in the order in which they apply. */
export async function listEntries({ s3, bucket, prefix }: JournalPlace, requests: Requests): Promise<string[]> {
  const names: string[] = [];
  const asked = { Bucket: bucket, Prefix: `${prefix}${ENTRIES}` };
  const answers = pages(
    (ContinuationToken) => requests.send(() => s3.send(new ListObjectsV2Command({ ...asked, ContinuationToken }))),
    (page) => page.NextContinuationToken,
  );
  for await (const { KeyCount, Contents, IsTruncated, NextContinuationToken } of answers) {
    // S3 leaves the list out where nothing is below the prefix; KeyCount tells that apart from a broken answer.
    const objects = KeyCount === 0 ? [] : listOf(Contents, 'Contents');
    if (IsTruncated === true && !NextContinuationToken)
      throw new BrokenAnswerError('the list of the journal breaks off, so it is not the whole');
    names.push(...objects.map(({ Key = '' }) => Key.slice(prefix.length)));
  }
  return names.sort();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
