import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Policy } from '../model/policy.ts';
import { parsePolicyFile } from '../policy/language/parse.ts';
import { problemText } from '../validation/problem.ts';
import { UsageError } from './errors.ts';

/** A policy and where it came from. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly policySource: { readonly source: string; readonly sha256: string };
}

/**
 * Reads a policy file.
 * @throws UsageError with every problem, each with its place
 */
export async function readPolicy(file: string): Promise<LoadedPolicy> {
  const { text, policy } = await parseFile(file);
  return { policy, policySource: { source: file, sha256: sha256(text) } };
}

/**
 * Reads a policy file, with a way from its parts to their places in it.
 * @throws UsageError with every problem, each with its place
 */
export async function parseFile(file: string) {
  const text = await readText(file, 'policy', 'name another with --policy FILE');
  const { parsed, positionOf } = parsePolicyFile(text, file);
  if (!parsed.ok) throw new UsageError(parsed.problems.map(problemText).join('\n'));
  return { text, policy: parsed.policy, positionOf };
}

/** Reads a text file that the user named; throws one sentence where that fails. */
export async function readText(file: string, what: string, next: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : code;
    throw new UsageError(`the ${what} ${file} can't be read: ${why}; ${next}`);
  }
}

/** What identifies a policy's text in reports. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
