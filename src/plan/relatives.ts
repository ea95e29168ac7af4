import type { Account } from '../model/account.ts';
import type { Decision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import { type Image, localSource } from '../model/image.ts';
import type { Policy, Rule, RulesByName } from '../model/policy.ts';
import { type Derived, keepsAncestors, madeFrom } from '../policy/decision/ancestors.ts';
import { asksForSharing, needsUsageReading } from '../policy/decision/sharing.ts';
import type { MissingDetails } from './candidate.ts';

/** An account's images as far as copies and ancestors share a fate. */
export interface Related {
  readonly account: Account;
  readonly policy: Policy;
  readonly rules: RulesByName;
  readonly decisions: ReadonlyMap<ImageId, Decision>;
  /** What was copied or made from each image, looked for once it is asked for. */
  readonly derived: () => Derived;
  /** The images of which AWS must be asked before it is known what was made from any, looked for likewise. */
  readonly unasked: () => readonly ImageId[];
}

/** What is not known yet of the image and those whose fate it shares as a copy or an ancestor: who these are, and who may use them. */
export function relativesMissing(image: Image, context: Related): Partial<MissingDetails> {
  const { account, policy, rules, decisions } = context;
  const rule = rules.get(decisions.get(image.imageId)?.rule);
  const isAncestor = rule !== undefined && keepsAncestors(rule);
  const ancestry = isAncestor ? context.unasked() : [];
  if (!asksForSharing(policy)) return { ancestry };
  const followers = isAncestor ? madeFrom(image.imageId, context.derived()) : [];
  const chain = [...sourcesOf(image, context), ...followers];
  return {
    ancestry,
    sharing: chain.flatMap(({ imageId }) => (account.sharing.has(imageId) ? [] : imageId)),
    usage: chain.flatMap((one) => (needsUsageReading(one, account, policy) ? one.imageId : [])),
  };
}

/** An image, and what it was copied from where it is kept with that. */
function sourcesOf(image: Image, { account, rules, decisions }: Related): Image[] {
  const chain = new Map<ImageId, Image>();
  let current: Decision | undefined = decisions.get(image.imageId);
  while (current && !chain.has(current.image.imageId)) {
    chain.set(current.image.imageId, current.image);
    const rule: Rule | undefined = rules.get(current.rule);
    const follows: boolean = rule?.kind === 'retention' && rule.keep.copiesOfKept;
    current = follows ? localSource(current.image, account.target, decisions) : undefined;
  }
  return [...chain.values()];
}
