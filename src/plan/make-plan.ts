import type { Account } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import { clockProblem } from '../model/clock.ts';
import type { Outcome } from '../model/outcome.ts';
import { type MissingImage, PASSES, type PassName, type PassPlan, type Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Reference } from '../model/reference.ts';
import { sourceReadings } from '../policy/decision/sources.ts';
import { accountFindings } from '../policy/lint/account-findings.ts';
import { policyFindings } from '../policy/lint/policy-findings.ts';
import { isNothing, isWithheld } from './candidate.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { failedAncestry, failedDetails, unverifiedImages } from './unread-details.ts';

/** What each pass is to do with an account at a time, within the policy's limits, and why everything else stays. */
export function makePlan(account: Account, policy: Policy, at: Date): Plan {
  return applyLimits(evaluate(account, policy, at));
}

/** What each pass is to do within the policy's limits, and why everything else stays. */
export function applyLimits(evaluation: Evaluation): Plan {
  const { account, policy, at, decisions, snapshots } = evaluation;
  const sources = [...sourceReadings(account), ...failedDetails(account), ...failedAncestry(evaluation)];
  const { imageBuilderLeftovers: leftovers } = account;
  const findings = [...policyFindings(policy), ...accountFindings(account, policy, decisions, at)];
  return {
    target: account.target,
    ancestry: account.ancestry,
    journal: account.journal,
    observedAt: account.observedAt,
    at,
    complete: sources.every(({ status }) => status !== 'unreadable'),
    sources,
    decisions,
    snapshots,
    unverified: unverifiedImages(evaluation),
    passes: passesOf(policy).map((pass) => limitPass(evaluation, pass)),
    dangling: account.references.dangling,
    missingImages: missingImages(account),
    ...(leftovers?.status === 'read' &&
      leftovers.leftovers.length > 0 && { imageBuilderLeftovers: leftovers.leftovers }),
    rules: policy.rules,
    warnings: [...findings.map(({ sentence }) => sentence), ...accountWarnings(account), ...publicImages(account)],
  };
}

/** Those that a policy can ask for: few ask for protecting or archiving, and the others' plans say nothing of it. */
function passesOf({ protect, rules }: Policy): readonly PassName[] {
  return PASSES.filter((pass) => {
    if (pass === 'protect') return protect.inUse;
    return pass !== 'archive' || rules.some(({ archive }) => archive !== undefined);
  });
}

/** How many candidates of a pass `limits.stopAbove` counts, of how many, and whether they are too many. */
export function circuitBreaker({ account, policy, candidates }: Evaluation, pass: PassName) {
  const due = candidates[pass].filter(({ counts }) => counts).length;
  const total = pass === 'delete-snapshots' ? account.snapshots.length : account.images.length;
  return { due, total, stops: due * 100 > policy.limits.stopAbovePercent * total };
}

/**
 * One pass within the limits: at most `perRun` actions, and none at all where too many are due. What AWS refused lately,
 * and what could not be undone, takes the place of nothing else.
 */
function limitPass(evaluation: Evaluation, pass: PassName): PassPlan {
  const { perRun, stopAbovePercent } = evaluation.policy.limits;
  const { due, total, stops } = circuitBreaker(evaluation, pass);
  const candidates = evaluation.candidates[pass];
  const all = candidates.map(({ action }) => action);
  if (stops) {
    const percent = Math.round((due / total) * 1000) / 10;
    return { pass, actions: [], deferred: all, stopped: { due, ofImages: total, percent, stopAbovePercent } };
  }
  const refused = candidates.flatMap((one) => one.refused ?? []);
  const ready = candidates.filter(({ missing }) => isNothing(missing));
  const actions = ready
    .filter((one) => !isWithheld(one) && one.isPostponed !== true)
    .slice(0, perRun)
    .map(({ action }) => action);
  const withheld = ready.filter(isWithheld).map(({ action, uncovered }) => ({ action, uncovered }));
  const settled = new Set([...actions, ...withheld.map(({ action }) => action)]);
  const deferred = all.filter((action) => !settled.has(action));
  return {
    pass,
    actions,
    deferred,
    ...(refused.length > 0 && { refused }),
    ...(withheld.length > 0 && { withheld }),
  };
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

/** The images that something names and the account can't see, with what would launch them again; it only informs. */
function missingImages({ missingImages: reading, references }: Account): MissingImage[] {
  if (reading?.status !== 'read') return [];
  return [...reading.images].map(([imageId, { inRecycleBin }]) => {
    const all = references.images.get(imageId) ?? [];
    const namedBy = all.filter((reference) => runningInstance(reference) === undefined);
    const running = new Set(all.flatMap((reference) => runningInstance(reference) ?? [])).size;
    return { imageId, inRecycleBin, namedBy, running };
  });
}

/** What runs already and needs its image no more; an instance of a group stands in the group's row and in its own. */
function runningInstance({ kind, resource, detail }: Reference): string | undefined {
  if (kind === 'ec2:Instance') return resource;
  return kind === 'autoscaling:AutoScalingGroup' ? detail?.match(/^instance (i-\w+)/)?.[1] : undefined;
}

/** The quota of public images and what is left of it, where it was read. */
function publicImages({ publicImages: reading, images }: Account): string[] {
  if (reading === undefined) return [];
  if (reading.status === 'unreadable') return [`The quota of public images could not be read: ${reading.error}.`];
  const count = images.filter(({ isPublic }) => isPublic).length;
  const left = Math.max(0, reading.quota - count);
  return [
    `Public images: ${count} of a quota of ${reading.quota} in this Region, so ${left} at most are left; those in the Recycle Bin count too. Making images public is ${reading.isBlocked ? '' : 'not '}blocked (block public access for AMIs).`,
  ];
}

const MOST_NAMED = 3;

/** What of an account could not be read or can't be relied on, and what that holds back. */
function accountWarnings({ clock, retentionRules, crossAccountUsage, missingImages }: Account): string[] {
  const warnings: string[] = [];
  const errors = [...retentionRules.values()].flatMap((one) => (one.status === 'unreadable' ? [one.error] : []));
  if (errors.length > 0) {
    warnings.push(
      `The Recycle Bin's retention rules could not be read, so nothing is removed (rbin:ListRules, rbin:GetRule): ${[...new Set(errors)].join('; ')}.`,
    );
  }
  const unread = [...(crossAccountUsage?.unread ?? [])].sort(([a], [b]) => a.localeCompare(b));
  if (unread.length > 0) {
    const named = unread.slice(0, MOST_NAMED).map(([accountId, why]) => `${accountId} (${why})`);
    const more = unread.length > MOST_NAMED ? ` and ${unread.length - MOST_NAMED} more` : '';
    warnings.push(
      `What these accounts use could not be read completely, so what is shared with them, and what they used when they were last read, stays: ${named.join(', ')}${more}.`,
    );
  }
  const problem = clock && clockProblem(clock);
  if (problem !== undefined) warnings.push(`An enforcing run would do nothing: ${problem}.`);
  if (missingImages?.status === 'unreadable')
    warnings.push(`Whether the images that something names are there could not be looked up: ${missingImages.error}.`);
  return warnings;
}
