import type { Account } from '../../model/account.ts';
import type { Plan } from '../../model/plan.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { parseRecording } from '../../recording/read.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT } from '../s3-keys.ts';
import type { RunLedger } from './ledger.ts';
import type { OpenTarget } from './open-target.ts';

/** What one iteration over a target gets from Lambda. */
export interface IterationRequest extends TargetContext {
  /** When acting must stop, so that there is time left to write down what was done. */
  readonly deadline: Date;
}

/** What one iteration works with, once its target is open. */
export interface Iteration extends IterationRequest {
  readonly open: OpenTarget;
  readonly ledger: RunLedger;
}

/** What an iteration read, and what is to be done by it. */
export interface Planned {
  readonly account: Account;
  readonly plan: Plan;
  /** When the plan was made. */
  readonly plannedAt: Date;
}

/**
 * The plan of a target's first iteration, from the recording that it left; nothing where there is none yet.
 * @throws Error where the recording can't be read: what an iteration may do is not known then
 */
export async function initialPlan({ store, target, run }: TargetContext): Promise<Plan | undefined> {
  const text = await store.readText(OBJECT.planned(target));
  if (text === undefined) return undefined;
  const parsed = parseRecording(text);
  if (!parsed.ok) throw new Error(`${store.keyOf(OBJECT.planned(target))} is no recording: ${parsed.problem}`);
  return makePlan(parsed.account, run.policy, run.at ?? parsed.account.observedAt);
}
