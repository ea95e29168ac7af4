import type { Account } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import type { ImageId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import { PASSES, type PassPlan, type Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { holdsEverything, type SourceReading } from '../model/reference.ts';
import { asksForSharing, LAUNCH_PERMISSIONS, needsUsageReading } from '../policy/decision/sharing.ts';
import { sourceReadings } from '../policy/decision/sources.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { limitPass } from './limits.ts';
import { missingImages } from './missing-images.ts';
import { RECYCLE_BIN, SNAPSHOT_DETAILS } from './snapshots.ts';
import { accountWarnings, policyWarnings } from './warnings.ts';

/** What each pass is to do with an account at a time, within the policy's limits, and why everything else stays. */
export function makePlan(account: Account, policy: Policy, at: Date): Plan {
  return applyLimits(evaluate(account, policy, at));
}

/** What each pass is to do within the policy's limits, and why everything else stays. */
export function applyLimits(evaluation: Evaluation): Plan {
  const { account, policy, at, decisions, snapshots } = evaluation;
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
    unverified: unverifiedImages(evaluation),
    passes: PASSES.map((pass) => limitPass(evaluation, pass)),
    dangling: account.references.dangling,
    missingImages: missingImages(account),
    warnings: [...policyWarnings(policy), ...accountWarnings(account)],
  };
}

/** The sources that could not be read and that hold everything: any of them could name any image. */
export function unreadSourcesOf({ sources }: Plan): string[] {
  return sources.filter(holdsEverything).map(({ name }) => name);
}

/** A plan's passes after acting: what was tried instead of a refused action was done now, and not left to a later run. */
export function passesActed({ passes }: Plan, outcomes: readonly Outcome[]): PassPlan[] {
  const tried = new Set(outcomes.map(actionKey));
  return passes.map((pass) => {
    const instead = pass.deferred.filter((action) => tried.has(actionKey(action)));
    if (instead.length === 0) return pass;
    const deferred = pass.deferred.filter((action) => !tried.has(actionKey(action)));
    return { ...pass, actions: [...pass.actions, ...instead], deferred };
  });
}

/**
 * The images of which it is not known with whom they, or what they were copied from, are shared: a plan asks about those
 * that it acts on next, and no others. Empty where the policy does not make sharing matter.
 */
function unverifiedImages({ account, policy, candidates }: Evaluation): ImageId[] {
  if (!asksForSharing(policy)) return [];
  const waiting = new Set(
    Object.values(candidates)
      .flat()
      .filter(({ missing }) => missing.sharing.length + missing.usage.length > 0)
      .map(({ action }) => action.imageId),
  );
  return account.images
    .filter(
      (image) =>
        waiting.has(image.imageId) || !account.sharing.has(image.imageId) || needsUsageReading(image, account, policy),
    )
    .map(({ imageId }) => imageId);
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
