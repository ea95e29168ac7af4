import type { Policy } from '../../model/policy.ts';
import { checkObject } from './object-check.ts';
import type { Path, Problem, SourcePosition, ValidationIssue } from './problem.ts';
import { type PolicyFile, policySchema } from './schema.ts';
import { issuesOf } from './schema-problems.ts';
import { toPolicy } from './to-policy.ts';

/** A policy, or all that is wrong with what was given. */
export type ParsedPolicy =
  /** `file` is what was written, as an object: JSON that gives the same policy again. */
  | { readonly ok: true; readonly policy: Policy; readonly file: PolicyFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MOST_PROBLEMS = 50;

/** Parses a policy that came as an object, such as the inline policy of an event. */
export function parsePolicyObject(value: unknown, source: string): ParsedPolicy {
  const faults = checkObject(value);
  return faults.length > 0 ? failed(faults, source) : parseValue(value, source, () => undefined);
}

type PlaceOf = (path: Path, atKey: boolean) => SourcePosition | undefined;

/** Parses what was read; `placeOf` finds a path again in the text. */
export function parseValue(value: unknown, source: string, placeOf: PlaceOf): ParsedPolicy {
  const result = policySchema.safeParse(value);
  if (result.success) return { ok: true, policy: toPolicy(result.data), file: result.data };
  const faults = issuesOf(result.error.issues, value).map(({ at, atKey, ...fault }): ValidationIssue => {
    return { ...fault, ...placeOf(at, atKey) };
  });
  return failed(faults.sort(byPlace), source);
}

function byPlace(a: ValidationIssue, b: ValidationIssue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** What was given is no policy: at most fifty of the faults, each with where it was found. */
export function failed(faults: readonly ValidationIssue[], source: string): ParsedPolicy {
  const problems = faults.slice(0, MOST_PROBLEMS).map((fault): Problem => {
    return { ...fault, source, message: fault.path === '' ? `the policy ${fault.message}` : fault.message };
  });
  const more = faults.length - MOST_PROBLEMS;
  if (more > 0) problems.push({ source, path: '', message: 'the policy has more problems than these' });
  return { ok: false, problems };
}
