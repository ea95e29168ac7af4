import type { Account } from '../model/account.ts';
import type { Decision, NonEmpty } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import { compileProtections, type Protections } from '../policy/decision/protections.ts';
import { unreadableSources } from '../policy/decision/sources.ts';
import { mappersBySnapshot } from './mappings.ts';
import { type RulesByName, rulesByName } from './rules.ts';

/** All that decisions over snapshots rest on beside the snapshots themselves. */
export interface SnapshotContext {
  readonly account: Account;
  readonly policy: Policy;
  readonly at: number;
  readonly protections: Protections;
  readonly unreadable: readonly string[];
  readonly mappers: ReadonlyMap<SnapshotId, NonEmpty<Decision>>;
  readonly images: ReadonlySet<ImageId>;
  readonly rules: RulesByName;
}

/** Gathers it once for an account. */
export function snapshotContext(
  account: Account,
  decisions: readonly Decision[],
  policy: Policy,
  at: Date,
): SnapshotContext {
  return {
    account,
    policy,
    at: at.getTime(),
    protections: compileProtections(policy.protect),
    unreadable: unreadableSources(account),
    mappers: mappersBySnapshot(decisions),
    images: new Set(account.images.map(({ imageId }) => imageId)),
    rules: rulesByName(policy),
  };
}
