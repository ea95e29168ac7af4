import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Adds a run's audit records. They are only ever added: S3 refuses to write over an object that is there. */
export async function addAudit(s3: S3Client, bucket: string, key: string, lines: readonly string[]): Promise<void> {
  const Body = `${lines.join('\n')}\n`;
  const added = { Bucket: bucket, Key: key, Body, ContentType: 'application/jsonl', IfNoneMatch: '*' };
  try {
    await s3.send(new PutObjectCommand(added));
  } catch (error) {
    // The answer to a first try can be lost on the way; the second then finds what the first has written.
    if (!(error instanceof Error && error.name === 'PreconditionFailed')) throw error;
    const there = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if ((await there.Body?.transformToString()) !== Body) throw error;
  }
}
