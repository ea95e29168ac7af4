import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { getObject } from '../aws/s3-objects.ts';
import type { StartedBy } from '../report/audit.ts';
import type { Report } from '../report/report.ts';
import { headOf, putOver, putOwn, retried } from './conditional.ts';
import { indexPage } from './index-page.ts';
import { indexJson, type RunEntry, type RunIndex, readRuns, runEntry, withRun } from './run-entry.ts';

const JSON_KEY = 'reports/index.json';
const PAGE_KEY = 'reports/index.html';
const NO_RUNS: RunIndex = { runs: [], unknown: [] };

/**
 * Adds a run to the index of all runs, and writes its page. Several runs may end at once: each writes over no more
 * than what it read (If-Match), and reads again where another was quicker.
 */
export async function addToIndex(s3: S3Client, bucket: string, report: Report, startedBy: StartedBy): Promise<void> {
  await addRuns(s3, bucket, [runEntry(report, startedBy)]);
}

/** The same for several runs at once. */
export async function addRuns(s3: S3Client, Bucket: string, entries: readonly RunEntry[]): Promise<void> {
  await retried(async () => {
    const { index, eTag } = await readIndex(s3, Bucket);
    const Body = indexJson(entries.reduce<readonly RunEntry[]>(withRun, index.runs), index.unknown);
    await putOver(s3, { Bucket, Key: JSON_KEY, Body, ContentType: 'application/json' }, eTag);
  });
  await retried(async () => {
    // In this order: whoever writes the page last has read the index last.
    const page = await headOf(s3, { Bucket, Key: PAGE_KEY });
    const { index } = await readIndex(s3, Bucket);
    const Body = indexPage(index.runs);
    await putOver(s3, { Bucket, Key: PAGE_KEY, Body, ContentType: 'text/html; charset=utf-8' }, page?.eTag);
  });
}

/** @throws Error where it is of a newer version than this program: writing over it would lose what that has added */
async function readIndex(
  s3: S3Client,
  Bucket: string,
): Promise<{ readonly index: RunIndex; readonly eTag?: string | undefined }> {
  const found = await getObject(s3, { Bucket, Key: JSON_KEY });
  if (found === undefined) return { index: NO_RUNS };
  const text = (await found.Body?.transformToString()) ?? '';
  const index = readRuns(text);
  if (index === 'newer')
    throw new Error(`${JSON_KEY} is of a newer version than this program and is left as it is; update the deployment`);
  if (index === undefined) {
    // What can't be read at all is set aside before it is begun anew.
    const Key = `reports/index-broken-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
    await putOwn(s3, { Bucket, Key, Body: text, ContentType: 'text/plain' });
  }
  return { index: index ?? NO_RUNS, eTag: found.ETag };
}
