import type { Account } from '../../src/model/account.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Image } from '../../src/model/image.ts';
import type { Policy } from '../../src/model/policy.ts';
import { SOURCES } from '../../src/model/sources.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { parsePolicy, parsePolicyObject } from '../../src/policy/language/parse.ts';
import { problemText } from '../../src/validation/problem.ts';
import { AT, anAccount } from './account.ts';

/** A policy from its file's text, without the version line; throws with all problems where it is not valid. */
export function aPolicy(yaml: string): Policy {
  const parsed = parsePolicy(`version: 1\n${yaml}`, 'policy.yml');
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.policy;
}

/** A policy from an object, as properties make them; throws as `aPolicy` does. */
export function policyOf(object: unknown): Policy {
  const parsed = parsePolicyObject(object, 'policy.yml');
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.policy;
}

/** A policy with one rule that owns every image. */
export function oneRule(rule: string, rest = ''): Policy {
  return aPolicy(`rules: [{ name: all, select: {}, ${rule} }]\n${rest}`);
}

/** What keeps an image for two months, and deprecates it then. */
export const KEEP = 'keep: { youngerThan: 60d }, deprecate: {}';
/** A policy of every step. */
export const FULL = oneRule(`${KEEP}, disable: { after: 14d }, deregister: { after: 30d }`);
/** Why an ordinary image of a hundred days is due by these. */
export const DUE_FACTS = [
  { code: 'unreferenced', sources: SOURCES.length },
  { code: 'older-than', ageDays: 100, days: 60 },
];

/** The decision over the first image of an account. */
export function decideFirst(images: readonly Image[], policy: Policy, over: Partial<Account> = {}): Decision {
  const [decision] = decideImages({ ...anAccount({ images }), ...over }, policy, AT);
  if (!decision) throw new Error('the account has no image');
  return decision;
}

/** The codes of a decision's reasons. */
export function codesOf({ reasons }: { readonly reasons: readonly { readonly code: string }[] }): string[] {
  return reasons.map(({ code }) => code);
}
