import type { Account } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import type { Rule } from '../../model/policy.ts';
import type { DueReason, KeepReason } from '../../model/reasons.ts';
import type { Reference } from '../../model/reference.ts';
import { type CompiledPolicy, type CompiledRule, owningRule } from './compile.ts';
import { type DeprecationMark, deprecationMark } from './deprecation-tag.ts';
import { type GroupRank, groupRanks } from './groups.ts';
import { type Hold, protectionHolds, takenHolds } from './protections.ts';
import { expiryDueReasons, expiryHolds, retentionDueReasons, retentionHolds } from './retention.ts';
import { judgedBy, LAUNCH_PERMISSIONS, sharingOf, sharingVerdict } from './sharing.ts';
import { unreadableSources } from './sources.ts';

/** All that the decision over one image rests on. */
export interface ImageEvaluation {
  readonly image: Image;
  readonly rule?: CompiledRule;
  readonly group?: string;
  readonly references: readonly Reference[];
  readonly holds: readonly Hold[];
  readonly dueReasons: readonly DueReason[];
  readonly mark: DeprecationMark;
  /** What could not be read and might have kept it. */
  readonly unreadable: readonly string[];
  /** What is not known of other accounts and might have kept it. */
  readonly unknowns: readonly KeepReason[];
}

/** Gathers for every image its rule, its rank in its group and everything that holds it. */
export function evaluateImages(account: Account, compiled: CompiledPolicy, at: number): ImageEvaluation[] {
  const rules = account.images.map((image) => owningRule(compiled, image, at));
  const ranks = groupRanks(account, rules);
  const unreadable = unreadableSources(account);
  const unreadableHere = [...unreadable, LAUNCH_PERMISSIONS];
  const searched = unreferencedReason(account, compiled);

  return account.images.map((image, index) => {
    const rule = rules[index];
    const ranked = ranks[index] ?? {};
    const references = account.references.images.get(image.imageId) ?? [];
    const sharing = sharingOf(image, account, compiled.policy);
    const mark = deprecationMark(image, account.journal, at);
    const shared = sharingVerdict({ image, account, policy: compiled.policy, mark, at });
    const holds = [
      ...protectionHolds(image, compiled.protections, account.target, at),
      ...takenHolds(image, rule?.rule, account.journal),
      ...shared.holds,
      ...referenceHolds(references),
      ...ruleHolds(image, rule?.rule, ranked, at),
    ];
    return {
      image,
      ...(rule && { rule }),
      ...(ranked.rank && { group: ranked.rank.group }),
      references,
      holds,
      dueReasons: holds.length > 0 ? [] : dueReasons(image, rule?.rule, ranked, at, searched),
      mark,
      unreadable: sharing?.status === 'unreadable' ? unreadableHere : unreadable,
      unknowns: shared.unknowns,
    };
  });
}

function referenceHolds(references: readonly Reference[]): Hold[] {
  return references.length > 0 ? [{ reason: { code: 'referenced', references: references.length } }] : [];
}

function ruleHolds(image: Image, rule: Rule | undefined, ranked: GroupRank, at: number): Hold[] {
  if (!rule) return [{ reason: { code: 'no-rule' } }];
  return rule.kind === 'expiry' ? expiryHolds(image, rule, at) : retentionHolds(image, rule, ranked, at);
}

/** In how many sources and accounts no reference was found. */
function unreferencedReason(account: Account, { policy }: CompiledPolicy): DueReason {
  const sources = account.references.sources.filter(({ status }) => status === 'read').length;
  const crossAccountUsage = judgedBy(account, policy);
  if (crossAccountUsage === undefined) return { code: 'unreferenced', sources };
  const others = [...crossAccountUsage.read].filter((accountId) => accountId !== account.target.accountId);
  return { code: 'unreferenced', sources, otherAccounts: others.length };
}

function dueReasons(
  image: Image,
  rule: Rule | undefined,
  ranked: GroupRank,
  at: number,
  searched: DueReason,
): DueReason[] {
  if (!rule) return [];
  const ofRule =
    rule.kind === 'expiry' ? expiryDueReasons(image, rule, at) : retentionDueReasons(image, rule, ranked, at);
  return [searched, ...ofRule];
}
