import { type Look, lookClosely } from './look.ts';
import type { PassName } from './model/plan.ts';
import type { Policy } from './model/policy.ts';
import type { Mode } from './model/run.ts';
import { makePlan } from './plan/make-plan.ts';
import { buildReport, type Report } from './report/report.ts';

/** One run over one account and Region. */
export interface RunRequest {
  readonly runId: string;
  readonly mode: Mode;
  readonly passes: readonly PassName[];
  readonly policy: Policy;
  /** Where the policy came from, and the SHA-256 of its text. */
  readonly policySource: { readonly source: string; readonly sha256: string };
  readonly look: Look;
  /** The time to plan for; the present, but for what-if questions. */
  readonly at: Date;
}

/** The whole story: look, decide, plan, act, report. */
export async function run({ runId, mode, passes, policy, policySource, look, at }: RunRequest): Promise<Report> {
  const account = await lookClosely(look, policy, at);
  const plan = makePlan(account, policy, at);
  const chosen = { ...plan, passes: plan.passes.filter(({ pass }) => passes.includes(pass)) };

  const info = { runId, mode, policy: policySource };
  return buildReport({ run: info, plan: chosen, outcomes: [], ownerTag: policy.owners.tag });
}
