import type { Enforcement } from './execute/enforcement.ts';
import { requireClock } from './model/clock.ts';
import type { PassName } from './model/plan.ts';
import type { Policy } from './model/policy.ts';
import { type AccountReader, readWithDetails } from './observe/account-reader.ts';
import { applyLimits, passesActed } from './plan/make-plan.ts';
import { buildReport, type Report } from './report/report.ts';

/** One run over one account and Region. */
export interface RunRequest {
  readonly runId: string;
  readonly passes: readonly PassName[];
  readonly policy: Policy;
  /** Where the policy came from, and the SHA-256 of its text. */
  readonly policySource: { readonly source: string; readonly sha256: string };
  readonly reader: AccountReader;
  /** The time to plan for; the present, but for what-if questions. */
  readonly at: Date;
  /** What executing the plan takes. Without it the run is a dry run: the same, and nothing executed. */
  readonly enforcement?: Enforcement;
  /** Asked once, with what would be done; a person may take a while to answer, and the plan grows old. */
  readonly confirm?: (intended: Report) => Promise<boolean>;
}

/** The whole story: read, decide, plan, execute, report. */
export async function run(request: RunRequest): Promise<Report> {
  const { runId, passes, policy, policySource, reader, at, enforcement, confirm } = request;
  const evaluation = await readWithDetails(reader, policy, at);
  const { clock } = evaluation.account;
  const all = applyLimits(evaluation);
  const plannedAt = enforcement?.clock() ?? at;
  const plan = { ...all, passes: all.passes.filter(({ pass }) => passes.includes(pass)) };
  const info = { runId, policy: policySource };
  const intended = buildReport({ run: { ...info, mode: 'dry-run' }, plan, outcomes: [], ownerTag: policy.owners.tag });
  if (enforcement !== undefined) requireClock(clock);
  if (enforcement === undefined || (await confirm?.(intended)) === false) return intended;

  const { executePlan, ...options } = enforcement;
  const outcomes = await executePlan({ runId, plan, plannedAt, policy, reader, options });
  const acted = { ...plan, passes: passesActed(plan, outcomes) };
  return buildReport({ run: { ...info, mode: 'enforce' }, plan: acted, outcomes, ownerTag: policy.owners.tag });
}
