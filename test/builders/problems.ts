import { parsePolicy } from '../../src/policy/language/parse.ts';
import { problemText } from '../../src/validation/problem.ts';

/** Every problem of a policy text, one line each; none where it is valid. */
export function problemsOf(text: string): string[] {
  const parsed = parsePolicy(text, 'p.yml');
  return parsed.ok ? [] : parsed.problems.map(problemText);
}

/** The problems of one rule that is valid but for some keys. */
export function problemsOfRule(keys: string): string[] {
  return problemsOf(`version: 1\nrules:\n- { name: r, select: {}, ${keys} }\n`);
}
