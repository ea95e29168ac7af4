import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { isWriteConflict } from '../aws/s3-objects.ts';
import type { StartedBy } from '../report/audit.ts';
import type { Report } from '../report/report.ts';
import { headOf, putOwn } from './conditional.ts';
import { indexPage } from './index-page.ts';
import { indexJson, type RunEntry, type RunIndex, readRuns, runEntry, withRun } from './run-entry.ts';

const JSON_KEY = 'reports/index.json';
const PAGE_KEY = 'reports/index.html';
const TRIES = 6;

/**
 * Adds a run to the index of all runs, and writes its page. Several runs may end at once: each writes over no more
 * than what it read (If-Match), and reads again where another was quicker.
 */
export async function addToIndex(s3: S3Client, bucket: string, report: Report, startedBy: StartedBy): Promise<void> {
  await addRuns(s3, bucket, [runEntry(report, startedBy)]);
}

/** The same for several runs at once. */
export async function addRuns(s3: S3Client, bucket: string, entries: readonly RunEntry[]): Promise<void> {
  await retried(async () => {
    const { index, condition } = await readIndex(s3, bucket);
    const runs = entries.reduce<readonly RunEntry[]>(withRun, index.runs);
    const Body = indexJson(runs, index.unknown);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: JSON_KEY, Body, ContentType: 'application/json', ...condition }),
    );
  });
  await retried(async () => {
    // In this order: whoever writes the page last has read the index last.
    const page = await headOf(s3, { Bucket: bucket, Key: PAGE_KEY });
    const { index } = await readIndex(s3, bucket);
    const condition = page === undefined ? { IfNoneMatch: '*' } : { IfMatch: page.eTag };
    const ContentType = 'text/html; charset=utf-8';
    const Body = indexPage(index.runs);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: PAGE_KEY, Body, ContentType, ...condition }));
  });
}

async function retried(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === TRIES || !isWriteConflict(error)) throw error;
    }
  }
}

interface ReadIndex {
  readonly index: RunIndex;
  readonly condition: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string };
}

/** @throws Error where it is of a newer version than this program: writing over it would lose what that has added */
async function readIndex(s3: S3Client, bucket: string): Promise<ReadIndex> {
  const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: JSON_KEY })).catch((error: unknown) => {
    if (failureOf(error).kind === 'not-found') return undefined;
    throw error;
  });
  if (found === undefined) return { index: { runs: [], unknown: [] }, condition: { IfNoneMatch: '*' } };
  const text = (await found.Body?.transformToString()) ?? '';
  const condition = { IfMatch: found.ETag };
  const index = readRuns(text);
  if (index === 'newer')
    throw new Error(`${JSON_KEY} is of a newer version than this program and is left as it is; update the deployment`);
  if (index !== undefined) return { index, condition };
  // What can't be read at all is set aside before it is begun anew.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  await putOwn(s3, { Bucket: bucket, Key: `reports/index-broken-${name}.json`, Body: text, ContentType: 'text/plain' });
  return { index: { runs: [], unknown: [] }, condition };
}
