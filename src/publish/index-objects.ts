import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import type { StartedBy } from '../report/audit.ts';
import type { Report } from '../report/report.ts';
import { indexPage } from './index-page.ts';
import { indexJson, parseIndex, type RunEntry, runEntry, withRun } from './run-entry.ts';

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
  for (let attempt = 1; ; attempt += 1) {
    const { runs: before, condition } = await readIndex(s3, bucket);
    const runs = entries.reduce<readonly RunEntry[]>(withRun, before);
    try {
      const Body = indexJson(runs);
      const json = { Bucket: bucket, Key: JSON_KEY, Body, ContentType: 'application/json', ...condition };
      await s3.send(new PutObjectCommand(json));
      const page = { Bucket: bucket, Key: PAGE_KEY, Body: indexPage(runs), ContentType: 'text/html; charset=utf-8' };
      await s3.send(new PutObjectCommand(page));
      return;
    } catch (error) {
      if (attempt === TRIES || !wasQuicker(error)) throw error;
    }
  }
}

interface ReadIndex {
  readonly runs: readonly RunEntry[];
  readonly condition: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string };
}

async function readIndex(s3: S3Client, bucket: string): Promise<ReadIndex> {
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: JSON_KEY }));
    return { runs: parseIndex((await Body?.transformToString()) ?? ''), condition: { IfMatch: ETag } };
  } catch (error) {
    if (failureOf(error).kind === 'not-found') return { runs: [], condition: { IfNoneMatch: '*' } };
    throw error;
  }
}

/** S3's words for a condition that no longer holds, or that two writers put to the test at the same moment. */
function wasQuicker(error: unknown): boolean {
  return error instanceof Error && /^(PreconditionFailed|ConditionalRequestConflict|NoSuchKey)$/.test(error.name);
}
