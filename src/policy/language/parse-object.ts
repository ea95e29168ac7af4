import type { Policy } from '../../model/policy.ts';
import {
  type Path,
  type Problem,
  pathText,
  type SourcePosition,
  type ValidationIssue,
} from '../../validation/problem.ts';
import { issuesOf, valueAt } from '../../validation/zod-issues.ts';
import { policySchema, policySchemaJson } from './schema.ts';
import { measureAt } from './schema-parts.ts';

/** Said of documents that no person nests so. */
export const TOO_DEEP = 'is nested too deeply';
/** So many levels a policy may have. */
export const DEEPEST = 50;

/** A policy, or all that is wrong with what was given. */
export type ParsedPolicy =
  /** `file` is what was written, as an object: JSON that gives the same policy again. */
  | { readonly ok: true; readonly policy: Policy; readonly file: unknown }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MOST_PROBLEMS = 50;

/** Parses a policy that came as an object, such as the inline policy of an event. */
export function parsePolicyObject(value: unknown, source: string): ParsedPolicy {
  const issues = checkObject(value);
  return issues.length > 0 ? failed(issues, source) : parseValue(value, source, () => undefined);
}

/** Where in a text a path is found again. */
export type PositionOf = (path: Path, atKey: boolean) => SourcePosition | undefined;

/** Parses what was read; `positionOf` finds a path again in the text. */
export function parseValue(value: unknown, source: string, positionOf: PositionOf): ParsedPolicy {
  const result = policySchema.safeParse(value);
  if (result.success) return { ok: true, policy: result.data, file: value };
  const found = issuesOf(result.error.issues, value, { knownKeys, measureAt });
  const issues = found.map(({ at, atKey, ...issue }): ValidationIssue => ({ ...issue, ...positionOf(at, atKey) }));
  return failed(
    issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
    source,
  );
}

/** What was given is no policy: at most fifty of the issues, each with where it was found. */
export function failed(issues: readonly ValidationIssue[], source: string): ParsedPolicy {
  const problems = issues.slice(0, MOST_PROBLEMS).map((issue): Problem => {
    return { ...issue, source, message: issue.path === '' ? `the policy ${issue.message}` : issue.message };
  });
  const more = issues.length - MOST_PROBLEMS;
  if (more > 0) problems.push({ source, path: '', message: 'the policy has more problems than these' });
  return { ok: false, problems };
}

/** What an object can hold that a policy must not: endless nesting, and a key that objects treat in a way of their own. */
function checkObject(value: unknown, path: readonly (string | number)[] = []): readonly ValidationIssue[] {
  if (typeof value !== 'object' || value === null) return [];
  if (path.length > DEEPEST) return [{ message: TOO_DEEP, path: '' }];
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__') return [{ message: 'this key can not be used', path: pathText(at) }];
    const issues = checkObject(inner, at);
    if (issues.length > 0) return issues;
  }
  return [];
}

/** The keys that the schema knows at a path, read from its JSON form. */
function knownKeys(path: Path): string[] {
  let nodes: unknown[] = [policySchemaJson()];
  for (const part of path) {
    nodes = nodes
      .flatMap((node) => [
        valueAt(node, typeof part === 'number' ? ['items'] : ['properties', part]) ??
          valueAt(node, ['additionalProperties']),
      ])
      .flatMap(branchesOf);
  }
  return nodes.flatMap((node) => Object.keys(Object(valueAt(node, ['properties']))));
}

function branchesOf(node: unknown): unknown[] {
  const branches = valueAt(node, ['anyOf']);
  return Array.isArray(branches) ? branches : [node];
}
