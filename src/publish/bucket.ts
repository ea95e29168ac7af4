import type { S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { putNewest, putOnce, putOwn, type WrittenObject } from '../aws/s3-objects.ts';
import { auditLines, type StartedBy } from '../report/audit.ts';
import { withChanges } from '../report/changes.ts';
import type { Report } from '../report/report.ts';
import { REPORT_FILES } from './files.ts';
import { POINTER, pointerTo, readLatest } from './latest.ts';
import { addRuns, runEntry } from './run-index.ts';
import { auditKey, latestPrefix, reportPrefix } from './s3-keys.ts';

/** A report, and the bucket that it goes to. */
export interface BucketRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly report: Report;
  readonly startedBy: StartedBy;
  /** False for what-if questions: they are written, and neither compared nor taken for the newest report. */
  readonly isLatest: boolean;
  /** False where the index of runs is left to somebody else: of a thousand reports at once, each would wait for all. */
  readonly isIndexed?: boolean;
}

/** What was written, and what could not be. */
export interface Published {
  /** The report as written: with what has changed since the one before it. */
  readonly report: Report;
  /** `s3://BUCKET/reports/…/`; absent where the report could not be written. */
  readonly location?: string;
  /** One sentence for each thing that could not be written. */
  readonly problems: readonly string[];
  /** Audit records that are nowhere yet. */
  readonly unwrittenAudit: readonly string[];
}

/**
 * Writes a run's audit records, its report, the copy of it that is the newest, and the index of all runs. What can't
 * be written is said, and ends nothing else.
 */
export async function publishToBucket(request: BucketRequest): Promise<Published> {
  const { s3, bucket, isLatest, startedBy, isIndexed = true } = request;
  const latest = latestPrefix(request.report);
  const earlier = isLatest ? await readLatest(s3, bucket, latest) : undefined;
  const report = earlier === undefined ? request.report : withChanges(request.report, earlier);
  const problems: string[] = [];
  const attempt = async (what: string, write: () => Promise<void>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (error) {
      problems.push(`${what} could not be written to s3://${bucket}: ${failureOf(error).sentence}`);
      return false;
    }
  };

  const audit = auditLines(report, startedBy);
  const records = { Key: auditKey(report), ContentType: 'application/jsonl', Body: `${audit.join('\n')}\n` };
  const audited =
    audit.length === 0 || (await attempt('the audit records', () => putOnce(s3, { Bucket: bucket, ...records })));
  const prefix = reportPrefix(report);
  const written = await attempt('the report', () =>
    putFiles(report, prefix, (file) => putOwn(s3, { Bucket: bucket, ...file })),
  );
  if (isLatest && written) await attempt('the latest report', () => putLatest(request, report, latest));
  if (written && isIndexed)
    await attempt('the index of runs', () => addRuns(s3, bucket, [runEntry(report, startedBy, isLatest)]));
  return {
    report,
    ...(written ? { location: `s3://${bucket}/${prefix}` } : {}),
    problems,
    unwrittenAudit: audited ? [] : audit,
  };
}

/**
 * The copies for people, and last the pointer that names the report as a whole. Two runs at once: the one that looked
 * first does not take the place of the other, file by file.
 */
async function putLatest({ s3, bucket: Bucket }: BucketRequest, report: Report, latest: string): Promise<void> {
  const { observedAt } = report;
  await putFiles(report, latest, (file) => putNewest(s3, { Bucket, ...file }, observedAt));
  const pointer = { Key: `${latest}${POINTER}`, ContentType: 'application/json', Body: pointerTo(report) };
  await putNewest(s3, { Bucket, ...pointer }, observedAt);
}

async function putFiles(
  report: Report,
  prefix: string,
  put: (file: Omit<WrittenObject, 'Bucket'>) => Promise<unknown>,
): Promise<void> {
  for (const { name, pieces, contentType } of Object.values(REPORT_FILES))
    await put({ Key: `${prefix}${name}`, ContentType: contentType, Body: bytesOf(() => pieces(report)) });
}

/**
 * One file's bytes, as a whole but laid out only once: S3 wants to know their number before it takes them, and a
 * stream could not be sent a second time when a try fails.
 */
function bytesOf(pieces: () => Iterable<string>): Buffer {
  let length = 0;
  for (const piece of pieces()) length += Buffer.byteLength(piece);
  const bytes = Buffer.allocUnsafe(length);
  let end = 0;
  for (const piece of pieces()) end += bytes.write(piece, end);
  return bytes;
}
