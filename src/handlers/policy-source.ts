import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../aws/errors.ts';
import type { Policy } from '../model/policy.ts';
import { problemText } from '../validation/problem.ts';
import { RefusedError } from './errors.ts';

const S3_URI = /^s3:\/\/([^/]+)\/(.+)$/;

/** A policy, where it came from and what exactly it said. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly policySource: { readonly source: string; readonly sha256: string };
  /** What was written, as an object. */
  readonly file: unknown;
}

/** Reads the policy from S3, or takes the one that the event holds. */
export async function loadPolicy(
  s3: S3Client,
  given: string | Readonly<Record<string, unknown>>,
): Promise<LoadedPolicy> {
  const source = typeof given === 'string' ? given : 'event';
  // The parser and its YAML library are read while S3 answers.
  const [text, { parsePolicy, parsePolicyObject }] = await Promise.all([
    typeof given === 'string' ? readObject(s3, given) : JSON.stringify(given),
    import('../policy/language/parse.ts'),
  ]);
  const parsed = typeof given === 'string' ? parsePolicy(text, source) : parsePolicyObject(given, source);
  if (!parsed.ok) {
    const problems = parsed.problems.map((problem) => problemText(problem)).join('; ');
    throw new RefusedError(`The policy is not valid: ${problems}.`);
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
