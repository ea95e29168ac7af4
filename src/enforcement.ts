import type { Clients } from './aws/clients.ts';
import type { Look } from './look.ts';
import type { Outcome } from './model/outcome.ts';
import type { Plan } from './model/plan.ts';
import type { Policy } from './model/policy.ts';
import type { Report } from './report/report.ts';

/** How a run may act. */
export interface Enforcement {
  readonly clients: Clients;
  readonly clock: () => Date;
  /** Asked once, with what would be done; a person may take a while to answer, and the plan grows old. */
  readonly confirm: (intended: Report) => Promise<boolean>;
  /** When to stop, so that there is time left to report. */
  readonly deadline?: Date;
  /** Stops between two actions. */
  readonly signal?: AbortSignal;
  /** False leaves the lock out; two runs at once then only waste each other's work. */
  readonly locked?: boolean;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onWarning: (sentence: string) => void;
}

/** What acting on a plan needs. */
export interface ActRequest {
  readonly runId: string;
  readonly plan: Plan;
  readonly policy: Policy;
  readonly look: Look;
  readonly enforcement: Enforcement;
}
