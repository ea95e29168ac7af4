import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PassPlan, Plan } from '../model/plan.ts';

/** A plan's passes after acting: what took the place of a refused action was done now, and not left to a later run. */
export function passesActed({ passes }: Plan, outcomes: readonly Outcome[]): PassPlan[] {
  const tried = new Set(outcomes.map(actionKey));
  return passes.map((pass) => {
    const instead = pass.deferred.filter((action) => tried.has(actionKey(action)));
    if (instead.length === 0) return pass;
    const deferred = pass.deferred.filter((action) => !tried.has(actionKey(action)));
    return { ...pass, actions: [...pass.actions, ...instead], deferred };
  });
}
