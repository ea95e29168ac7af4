import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import { problemText } from '../validation/problem.ts';
import { RefusedError } from './errors.ts';

const S3_URI = /^s3:\/\/([^/]+)\/(.+)$/;

/** Reads the policy from S3, or takes the one that the event holds; `file` is what was written, as an object. */
export async function loadPolicy(s3: S3Client, given: string | Readonly<Record<string, unknown>>) {
  const source = typeof given === 'string' ? given : 'event';
  // The parser and its YAML library are read while S3 answers.
  const [text, { parsePolicy, parsePolicyObject }] = await Promise.all([
    typeof given === 'string' ? readObject(s3, given) : JSON.stringify(given),
    import('../policy/language/parse.ts'),
  ]);
  const parsed = typeof given === 'string' ? parsePolicy(text, source) : parsePolicyObject(given, source);
  if (!parsed.ok) {
    throw new RefusedError(`The policy is not valid: ${parsed.problems.map(problemText).join('; ')}.`);
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { policy: parsed.policy, policySource: { source, sha256 }, file: parsed.file };
}

async function readObject(s3: S3Client, uri: string): Promise<string> {
  const [, Bucket, Key] = S3_URI.exec(uri) ?? [];
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  } catch (error) {
    throw new RefusedError(`The policy ${uri} could not be read: ${failureOf(error).sentence}.`);
  }
}
