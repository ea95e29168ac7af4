import type { PassName, PassPlan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { type Candidate, isReady, isWithheld } from './candidate.ts';

type Limits = Policy['limits'];

/** How many of some candidates `limits.stopAbove` counts, and whether they are too many. */
export function circuitBreaker(
  candidates: readonly Candidate[],
  total: number,
  limits: Limits,
): { due: number; stops: boolean } {
  const due = candidates.filter(({ counts }) => counts).length;
  return { due, stops: due * 100 > limits.stopAbovePercent * total };
}

/**
 * One pass within the limits: at most `perRun` actions, and none at all where too many are due. What AWS refused lately,
 * and what could not be undone, takes nobody's place.
 */
export function limitPass(pass: PassName, candidates: readonly Candidate[], total: number, limits: Limits): PassPlan {
  const { due, stops } = circuitBreaker(candidates, total, limits);
  const all = candidates.map(({ action }) => action);
  if (stops) {
    const percent = Math.round((due / total) * 1000) / 10;
    return {
      pass,
      actions: [],
      deferred: all,
      stopped: { due, ofImages: total, percent, stopAbovePercent: limits.stopAbovePercent },
    };
  }
  const refused = candidates.flatMap((one) => one.refused ?? []);
  const ready = candidates.filter(isReady);
  const actions = ready
    .filter((one) => !isWithheld(one) && one.isPostponed !== true)
    .slice(0, limits.perRun)
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
