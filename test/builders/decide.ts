import type { Account } from '../../src/model/account.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Image } from '../../src/model/image.ts';
import type { Policy } from '../../src/model/policy.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount } from './account.ts';

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
