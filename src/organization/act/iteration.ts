import type { Account } from '../../model/account.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlaceRequest } from '../target-request.ts';
import type { RunLedger } from './ledger.ts';
import type { OpenPlace } from './open-target.ts';

/** What one round of a place gets from Lambda. */
export interface ActRequest extends PlaceRequest {
  /** When acting must stop, so that there is time left to write down what was done. */
  readonly deadline: Date;
}

/** What one round works with, once its place is open. */
export interface RoundRequest extends ActRequest {
  readonly open: OpenPlace;
  readonly ledger: RunLedger;
}

/** What a round looked at, and what is to be done by it. */
export interface Planned {
  readonly account: Account;
  readonly plan: Plan;
  /** When the plan was made. */
  readonly plannedAt: Date;
}
