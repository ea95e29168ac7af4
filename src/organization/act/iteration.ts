import type { Account } from '../../model/account.ts';
import type { Plan } from '../../model/plan.ts';
import type { RegionTargetRequest } from '../target-request.ts';
import type { RunLedger } from './ledger.ts';
import type { OpenTarget } from './open-target.ts';

/** What one round of a place gets from Lambda. */
export interface IterationRequest extends RegionTargetRequest {
  /** When acting must stop, so that there is time left to write down what was done. */
  readonly deadline: Date;
}

/** What one round works with, once its place is open. */
export interface RoundRequest extends IterationRequest {
  readonly open: OpenTarget;
  readonly ledger: RunLedger;
}

/** What a round looked at, and what is to be done by it. */
export interface Planned {
  readonly account: Account;
  readonly plan: Plan;
  /** When the plan was made. */
  readonly plannedAt: Date;
}
