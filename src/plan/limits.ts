import type { PassName, PassPlan } from '../model/plan.ts';
import { isReady, isWithheld } from './candidate.ts';
import type { Evaluation } from './evaluate.ts';

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
export function limitPass(evaluation: Evaluation, pass: PassName): PassPlan {
  const { perRun, stopAbovePercent } = evaluation.policy.limits;
  const { due, total, stops } = circuitBreaker(evaluation, pass);
  const candidates = evaluation.candidates[pass];
  const all = candidates.map(({ action }) => action);
  if (stops) {
    const percent = Math.round((due / total) * 1000) / 10;
    return { pass, actions: [], deferred: all, stopped: { due, ofImages: total, percent, stopAbovePercent } };
  }
  const refused = candidates.flatMap((one) => one.refused ?? []);
  const ready = candidates.filter(isReady);
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
