import type { Policy } from '../model/policy.ts';
import { checkObject } from './object-check.ts';
import { type Fault, type Path, type Problem, problemText } from './problem.ts';
import { policySchema } from './schema.ts';
import { misfitsOf } from './schema-problems.ts';
import { toPolicy } from './to-policy.ts';
import type { Place } from './yaml-check.ts';
import { readYaml } from './yaml-source.ts';

export { type Problem, problemText };

/** A policy, or all that is wrong with what was given. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MOST_PROBLEMS = 50;

/** Parses a policy file (YAML, and so JSON): one clear problem for each fault, with its line and column. */
export function parsePolicy(text: string, source: string): ParsedPolicy {
  const yaml = readYaml(text);
  return 'value' in yaml ? parseValue(yaml.value, source, yaml.placeOf) : failed(yaml, source);
}

/** Parses a policy that came as an object, such as the inline policy of an event. */
export function parsePolicyObject(value: unknown, source: string): ParsedPolicy {
  const faults = checkObject(value);
  return faults.length > 0 ? failed(faults, source) : parseValue(value, source, () => undefined);
}

type PlaceOf = (path: Path, atKey: boolean) => Place | undefined;

function parseValue(value: unknown, source: string, placeOf: PlaceOf): ParsedPolicy {
  const result = policySchema.safeParse(value);
  if (result.success) return { ok: true, policy: toPolicy(result.data) };
  const faults = misfitsOf(result.error.issues, value).map(({ at, atKey, ...fault }): Fault => {
    return { ...fault, ...placeOf(at, atKey) };
  });
  return failed(faults.sort(byPlace), source);
}

function byPlace(a: Fault, b: Fault): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function failed(faults: readonly Fault[], source: string): ParsedPolicy {
  const problems = faults.slice(0, MOST_PROBLEMS).map((fault): Problem => {
    return { ...fault, source, message: fault.path === '' ? `the policy ${fault.message}` : fault.message };
  });
  const more = faults.length - MOST_PROBLEMS;
  if (more > 0) problems.push({ source, path: '', message: 'the policy has more problems than these' });
  return { ok: false, problems };
}
