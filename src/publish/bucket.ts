import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Report } from '../report/report.ts';
import { reportFiles } from './files.ts';

/**
 * Writes a report's files to `reports/ACCOUNT/REGION/YYYY/MM/DD/RUN_ID/` of a bucket.
 * @returns where they lie: `s3://BUCKET/reports/…/`
 */
export async function publishToBucket(report: Report, s3: S3Client, bucket: string): Promise<string> {
  const prefix = prefixOf(report);
  for (const { name, content, contentType } of reportFiles(report)) {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${name}`, Body: content, ContentType: contentType }),
    );
  }
  return `s3://${bucket}/${prefix}`;
}

function prefixOf({ target, observedAt, runId }: Report): string {
  const [year, month, day] = observedAt.slice(0, 'YYYY-MM-DD'.length).split('-');
  return `reports/${target.accountId}/${target.region}/${year}/${month}/${day}/${runId}/`;
}
