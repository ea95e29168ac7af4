import type { Image } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import { compileGrouper, type GroupingRule } from './groups.ts';
import { compileProtections, type Protections } from './protections.ts';
import { compileSelector, selectsByAge } from './select.ts';

/** A rule with its selector and groups compiled. */
export interface CompiledRule extends GroupingRule {
  readonly selects: (image: Image, at: number) => boolean;
}

/** A policy that is ready to be asked about many images. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly rules: readonly CompiledRule[];
  readonly protections: Protections;
  /** Whether an image can pass from one rule to another by age alone. */
  readonly selectsByAge: boolean;
}

/** Compiles every glob of a policy once. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  return {
    policy,
    rules: policy.rules.map((rule) => ({
      rule,
      selects: compileSelector(rule.select),
      groupOf: compileGrouper(rule.kind === 'retention' ? rule.groupBy : []),
    })),
    protections: compileProtections(policy.protect),
    selectsByAge: policy.rules.some(({ select }) => selectsByAge(select)),
  };
}

/** The rule that owns an image: the first that selects it. */
export function owningRule({ rules }: CompiledPolicy, image: Image, at: number): CompiledRule | undefined {
  for (const rule of rules) if (rule.selects(image, at)) return rule;
  return undefined;
}
