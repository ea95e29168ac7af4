import type { Policy, Rule } from '../model/policy.ts';

/** A policy's rules by name; an image that no rule owns has no name to ask for, and finds none. */
export type RulesByName = ReadonlyMap<string | undefined, Rule>;

/** Makes them findable. */
export function rulesByName({ rules }: Policy): RulesByName {
  return new Map(rules.map((rule) => [rule.name, rule]));
}
