import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import { getJson, getObject } from '../aws/s3-objects.ts';
import type { EarlierReport } from '../report/changes.ts';
import type { Report } from '../report/report.ts';
import { reportPrefix } from './s3-keys.ts';

/** Much more than a report of fifty thousand images; anything larger is none. */
const MOST_BYTES = 200_000_000;

const pointerSchema = z.looseObject({ observedAt: z.string(), path: z.string().regex(/^reports\/(?:[\w-]+\/)+$/) });

/**
 * What names the newest report of a place as a whole: written last, after all its files, so that whoever follows it
 * never finds the files of two runs. The copies beside it are for people.
 */
export const POINTER = 'latest.json';

/** The text of the pointer to a run's report. */
export function pointerTo(report: Report): string {
  const { runId, observedAt } = report;
  return `${JSON.stringify({ schemaVersion: 1, runId, observedAt, path: reportPrefix(report) }, null, 2)}\n`;
}

/** Reads the newest report of a place in a bucket; none where there is none yet. */
export async function readLatest(s3: S3Client, bucket: string, prefix: string): Promise<EarlierReport> {
  try {
    const path = (await getJson(s3, { Bucket: bucket, Key: `${prefix}${POINTER}` }, pointerSchema))?.parsed.data?.path;
    // A report expires, and the copy stays; and before there were pointers there were copies alone.
    const json =
      (path === undefined ? undefined : await bytesAt(s3, bucket, `${path}report.json`)) ??
      (await bytesAt(s3, bucket, `${prefix}report.json`));
    if (json === undefined) return { status: 'none' };
    if (json === 'too large') return { status: 'unreadable', problem: 'the earlier report is too large' };
    return { status: 'read', json };
  } catch (error) {
    return { status: 'unreadable', problem: `the earlier report could not be read: ${failureOf(error).sentence}` };
  }
}

async function bytesAt(s3: S3Client, Bucket: string, Key: string): Promise<Uint8Array | 'too large' | undefined> {
  const found = await getObject(s3, { Bucket, Key });
  if (found === undefined) return undefined;
  if ((found.ContentLength ?? 0) > MOST_BYTES) return 'too large';
  return (await found.Body?.transformToByteArray()) ?? new Uint8Array();
}
