import { failureOf } from '../../aws/errors.ts';
import type { Notice } from '../../model/notice.ts';
import type { Plan } from '../../model/plan.ts';
import { noticesOf } from '../../notify/notify-owners.ts';
import { collectGarbage } from '../../observe/memory.ts';
import { usageReportsToAskFor } from '../../plan/missing-details.ts';
import { publishToBucket } from '../../publish/bucket.ts';
import { actionNoticesOf, runProblemsOf } from '../../report/notifications.ts';
import { buildReport, type Report } from '../../report/report.ts';
import type { OutgoingReferences } from '../read/outgoing-references.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { type Iteration, initialPlan, type Planned, passesAfter } from './iteration.ts';
import { cancelUnusedShares } from './shared-with-account.ts';
import type { Notes, TargetNotifications, TargetResult } from './target-result.ts';
import { askForUsageReports } from './usage-reports.ts';

/** Ends a target that is none after all, or that nobody could read. */
export async function markSkipped(
  store: Store,
  target: RegionTarget,
  references: OutgoingReferences | undefined,
): Promise<void> {
  const status = references?.status === 'skipped' ? 'skipped' : 'unread';
  const error =
    references === undefined || references.status === 'read' ? 'it was not read in this run' : references.error;
  await store.writeJson(OBJECT.result(target), { stage: 'left-out', status, error } satisfies TargetResult);
}

/**
 * Ends a target: what is left beside the passes, what owners are to hear, and the report. From `closing` on nothing more
 * is done there in this run, so that an iteration that is killed here writes the same report again.
 * @param planned the target as it is now, after all that was done
 * @param stopped why something was left alone, in sentences
 */
export async function closeTarget(iteration: Iteration, planned: Planned, stopped: readonly string[]): Promise<void> {
  const { store, target, run } = iteration;
  const shared = await cancelUnusedShares(iteration, planned);
  const reports = await askForReports(iteration, planned.plan);
  const notes: Notes = {
    stopped: [...stopped],
    problems: [...shared.problems, ...reports.problems],
    usageReportsAskedFor: reports.asked,
    ...(shared.totals && { shared: shared.totals }),
  };
  const report = await reportOf(iteration, planned.plan);
  const notices = noticesToSend(iteration, planned.plan);
  const notifications: TargetNotifications = { notices, happenings: actionNoticesOf(report) };
  await store.writeJson(OBJECT.notices(target), notifications);
  if (run.mode === 'enforce')
    await store.writeJson(OBJECT.result(target), { stage: 'closing', notes } satisfies TargetResult);
  await publish(iteration, report, notes);
}

/** Writes the report of a target that was closed by an iteration which could not finish. */
export async function publishTarget(iteration: Iteration, notes: Notes): Promise<void> {
  await publish(iteration, await reportOf(iteration, undefined), notes);
}

async function publish(iteration: Iteration, report: Report, notes: Notes): Promise<void> {
  const { store, target, run, home, ledger, logger } = iteration;
  const { startedBy, isLatest } = run;
  collectGarbage();
  const published = await publishToBucket({
    s3: home.s3,
    bucket: store.bucket,
    report,
    startedBy,
    isLatest,
    isIndexed: false,
  });
  const { location, problems, unwrittenAudit } = published;
  for (const record of unwrittenAudit) logger.warn('audit record', { ...target, record });
  const { images, dueImages, storage, dueStorage, deletedStorage, passes, outcomes } = report.totals;
  const result: TargetResult = {
    stage: 'ended',
    rounds: ledger.iteration,
    observedAt: report.observedAt,
    complete: report.complete,
    ...(location !== undefined && { report: location }),
    totals: { images, dueImages, storage, dueStorage, deletedStorage, passes, outcomes },
    troubles: runProblemsOf(report),
    notes: { ...notes, problems: [...notes.problems, ...problems] },
  };
  await store.writeJson(OBJECT.result(target), result);
}

/** The report of all iterations: the account as the first of them planned over it, and what all of them did. */
async function reportOf(iteration: Iteration, present: Plan | undefined): Promise<Report> {
  const { store, target, run, ledger } = iteration;
  const initial = (await initialPlan(iteration)) ?? present;
  if (initial === undefined) throw new Error(`${store.keyOf(OBJECT.planned(target))} is missing; start the run anew`);
  const plan = run.mode === 'enforce' ? { ...initial, passes: passesAfter(initial, ledger) } : initial;
  const info = { runId: run.runId, mode: run.mode, policy: run.policySource };
  return buildReport({ run: info, plan, outcomes: ledger.outcomes(), ownerTag: run.policy.owners.tag });
}

/** Asks for the usage reports without which images can't be judged; at most as many as the policy lets a pass do. */
async function askForReports({ run, open }: Iteration, plan: Plan) {
  const wanted = run.mode === 'enforce' ? usageReportsToAskFor(plan.decisions, plan.at) : [];
  if (wanted.length === 0) return { asked: 0, problems: [] };
  try {
    return await askForUsageReports(open.clients.ec2, wanted.slice(0, run.policy.limits.perRun));
  } catch (error) {
    return { asked: 0, problems: [`the usage reports could not be asked for: ${failureOf(error).sentence}`] };
  }
}

/** What owners are to hear of the target as it is now, after all that was done. */
function noticesToSend({ run }: Iteration, plan: Plan): Notice[] {
  const { runId, policy, policySource } = run;
  if (policy.notify === undefined) return [];
  const info = { runId, mode: 'dry-run' as const, policy: policySource };
  return noticesOf(plan, policy, buildReport({ run: info, plan, outcomes: [], ownerTag: policy.owners.tag }));
}
