import type { Policy } from '../../src/model/policy.ts';
import { parsePolicy } from '../../src/policy/language/parse.ts';
import { problemText } from '../../src/validation/problem.ts';

/** A policy from its file's text, without the version line; throws with all problems where it is not valid. */
export function aPolicy(yaml: string): Policy {
  const parsed = parsePolicy(`version: 1\n${yaml}`, 'policy.yml');
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.policy;
}

/** A policy with one rule that owns every image. */
export function oneRule(rule: string, rest = ''): Policy {
  return aPolicy(`rules: [{ name: all, select: {}, ${rule} }]\n${rest}`);
}
