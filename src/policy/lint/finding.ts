import type { Rule } from '../../model/policy.ts';
import type { Path } from '../../validation/problem.ts';

/** What a policy may say and hardly means: a second thought, never an error. */
export interface PolicyFinding {
  /** Where in the policy it is. */
  readonly at: Path;
  /** The whole of it in a sentence, for those who see no file. */
  readonly sentence: string;
}

/** A finding of one rule, which its sentence names. */
export function ofRule(rule: Rule, index: number, key: string, says: string): PolicyFinding {
  return { at: ['rules', index, ...key.split('.')], sentence: `Rule ${JSON.stringify(rule.name)}: ${says}` };
}
