import type { Account } from '../model/account.ts';
import { PASSES, type Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { SourceReading } from '../model/reference.ts';
import { decideImages } from '../policy/decision/decide-images.ts';
import { LAUNCH_PERMISSIONS } from '../policy/decision/sharing.ts';
import { sourceReadings } from '../policy/decision/sources.ts';
import { candidatesByPass } from './candidates.ts';
import { limitPass } from './limits.ts';
import { totalOf } from './missing-details.ts';
import { missingImages, missingWarnings } from './missing-images.ts';
import { RECYCLE_BIN, SNAPSHOT_DETAILS } from './snapshot-holds.ts';
import { decideSnapshots } from './snapshots.ts';
import { unverifiedImages } from './unverified.ts';
import { clockWarnings, elsewhereWarnings, policyWarnings, retentionRuleWarnings } from './warnings.ts';

/** What each pass is to do with an account at a time, within the policy's limits, and why everything else stays. */
export function makePlan(account: Account, policy: Policy, at: Date): Plan {
  const decisions = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decisions, policy, at);
  const candidates = candidatesByPass(account, policy, decisions, snapshots, at);
  const sources = [...sourceReadings(account), ...failedDetails(account)];
  return {
    target: account.target,
    journal: account.journal,
    observedAt: account.observedAt,
    at,
    complete: sources.every(({ status }) => status !== 'unreadable'),
    sources,
    decisions,
    snapshots,
    unverified: unverifiedImages(account, policy, Object.values(candidates).flat()),
    passes: PASSES.map((pass) => limitPass(pass, candidates[pass], totalOf(pass, account), policy.limits)),
    dangling: account.references.dangling,
    missingImages: missingImages(account),
    warnings: [
      ...policyWarnings(policy),
      ...retentionRuleWarnings(account),
      ...elsewhereWarnings(account),
      ...clockWarnings(account),
      ...missingWarnings(account),
    ],
  };
}

/** A row for each kind of further reading that failed for any image or snapshot; it holds those, and no other. */
function failedDetails(account: Account): SourceReading[] {
  const readings: readonly (readonly [string, ReadonlyMap<string, Reading>])[] = [
    [LAUNCH_PERMISSIONS, account.sharing],
    [SNAPSHOT_DETAILS, account.snapshotDetails],
    [RECYCLE_BIN, account.recycleBin],
  ];
  return readings.flatMap(([name, values]): SourceReading[] => {
    const failed = [...values].flatMap(([id, value]) => (value.status === 'unreadable' ? [[id, value] as const] : []));
    const [[, first] = []] = failed;
    if (first === undefined) return [];
    const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
    const only = failed.map(([id]) => id).sort();
    return [{ name, status: 'unreadable', references: 0, calls: values.size, error: `${first.error}${more}`, only }];
  });
}

type Reading = { readonly status: 'read' } | { readonly status: 'unreadable'; readonly error: string };
