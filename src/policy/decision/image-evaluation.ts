import type { Account } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import type { InUseProtection } from '../../model/journal.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { DueReason } from '../../model/reasons.ts';
import { isOwnFastLaunch, type Reference } from '../../model/reference.ts';
import { type BlockedIn, blockedOnceDeprecated } from './allowed-images.ts';
import { groupRanks } from './groups.ts';
import { type DeprecationMark, deprecationMark, ownProtection } from './proof.ts';
import { compileProtections, type Hold, protectionHolds, takenHolds } from './protections.ts';
import { type RuleFindings, ruleFindings } from './retention.ts';
import type { RuleOf } from './select.ts';
import { judgedBy, publicUse, sharingHolds } from './sharing.ts';

/** All that the decision over one image rests on. */
export interface ImageEvaluation {
  readonly image: Image;
  readonly rule?: Rule;
  readonly group?: string;
  readonly references: readonly Reference[];
  readonly holds: readonly Hold[];
  /** What speaks for acting, where nothing holds it. */
  readonly dueReasons: readonly DueReason[];
  readonly mark: DeprecationMark;
  /** Set where this tool protects it from deregistration. */
  readonly own?: InUseProtection;
  /** Set where deprecating it blocks launches elsewhere. */
  readonly blockedIn?: BlockedIn;
}

const NO_RULE: RuleFindings = { holds: [{ reason: { code: 'no-rule' } }], dueReasons: [] };

/** Gathers for every image its rule, its rank in its group and everything that holds it. */
export function evaluateImages(account: Account, policy: Policy, ruleOf: RuleOf, at: number): ImageEvaluation[] {
  const protections = compileProtections(policy.protect);
  const unreferenced = unreferencedReason(account, policy);
  const rules = account.images.map((image) => ruleOf(image, at));
  const ranks = groupRanks(account, rules);

  return account.images.map((image, index) => {
    const rule = rules[index];
    const ranked = ranks[index];
    const all = account.references.images.get(image.imageId) ?? [];
    const references = all.filter((one) => !isOwnFastLaunch(one));
    const fastLaunch = rule?.deregister && all.find(isOwnFastLaunch);
    const mark = deprecationMark(image, account.journal, at);
    const own = ownProtection(image, account.journal);
    const blockedIn = blockedOnceDeprecated({ image, account, policy, rule, mark, at });
    const judged = { image, account, policy, rule, mark, isBlocked: blockedIn !== undefined, at };
    const publicly = own && publicUse({ ...judged, isBlocked: false });
    const { holds, dueReasons } = rule ? ruleFindings(image, rule, ranked, at) : NO_RULE;
    return {
      image,
      ...(rule && { rule }),
      ...(ranked?.rank && { group: ranked.rank.group }),
      references,
      holds: [
        ...protectionHolds(image, protections, account.target, at, rule, own),
        ...takenHolds(image, rule, account.journal),
        ...sharingHolds(judged),
        ...(publicly ? [{ reason: publicly, isUnsure: true }] : []),
        ...referenceHolds(references),
        ...holds,
      ],
      dueReasons: [
        unreferenced,
        ...dueReasons,
        ...(fastLaunch ? [{ code: 'fast-launch', state: fastLaunch.detail ?? 'unknown' } as const] : []),
        ...(blockedIn ? [{ code: 'blocked-once-deprecated', ...blockedIn } as const] : []),
      ],
      mark,
      ...(own && { own }),
      ...(blockedIn && { blockedIn }),
    };
  });
}

function referenceHolds(references: readonly Reference[]): Hold[] {
  return references.length > 0 ? [{ reason: { code: 'referenced', references: references.length } }] : [];
}

/** In how many sources and accounts no reference was found. */
function unreferencedReason(account: Account, policy: Policy): DueReason {
  const sources = account.references.sources.filter(({ status }) => status === 'read').length;
  const crossAccountUsage = judgedBy(account, policy);
  if (crossAccountUsage === undefined) return { code: 'unreferenced', sources };
  const others = [...crossAccountUsage.read].filter((accountId) => accountId !== account.target.accountId);
  return { code: 'unreferenced', sources, otherAccounts: others.length };
}
