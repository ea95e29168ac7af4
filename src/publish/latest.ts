import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import type { EarlierReport } from '../report/changes/changes.ts';
import { reportHead } from '../report/schema/read-report.ts';

/** The newest report so far, and when its account was looked at (empty where it does not say). */
export type LatestReport =
  | Exclude<EarlierReport, { status: 'read' }>
  | (Extract<EarlierReport, { status: 'read' }> & { readonly observedAt: string });

/** Much more than a report of fifty thousand images; anything larger is none. */
const MOST_BYTES = 200_000_000;

const observed = z.looseObject({ observedAt: z.string() });

/** Reads the newest report of a place in a bucket; none where there is none yet. */
export async function readLatest(s3: S3Client, bucket: string, prefix: string): Promise<LatestReport> {
  const Key = `${prefix}report.json`;
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (ContentLength > MOST_BYTES) return { status: 'unreadable', problem: 'the earlier report is too large' };
    const json = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return { status: 'read', json, observedAt: observedAt(json) };
  } catch (error) {
    const { kind, sentence } = failureOf(error);
    if (kind === 'not-found') return { status: 'none' };
    return { status: 'unreadable', problem: `the earlier report could not be read: ${sentence}` };
  }
}

/** Of what is not a report, nothing: it is written over. */
function observedAt(json: Uint8Array): string {
  try {
    const parsed = observed.safeParse(reportHead(json));
    return parsed.success ? parsed.data.observedAt : '';
  } catch {
    return '';
  }
}
