import { askForUsageReports } from '../../execute/usage-reports.ts';
import { actionKey } from '../../model/action-ref.ts';
import type { Notice } from '../../model/notice.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { PassPlan, Plan } from '../../model/plan.ts';
import type { Mode } from '../../model/run.ts';
import { noticesOf } from '../../notify/notify-owners.ts';
import { collectGarbage } from '../../observe/memory.ts';
import { usageReportsToAskFor } from '../../plan/missing-details.ts';
import { publishToBucket } from '../../publish/bucket.ts';
import { eventsOfRun } from '../../report/events.ts';
import { actionNoticesOf, criticalImagesOf, runProblemsOf } from '../../report/notifications.ts';
import { buildReport, type Report } from '../../report/report.ts';
import type { OrganizationRun, TargetContext } from '../run.ts';
import { OBJECT } from '../s3-keys.ts';
import { type Done, type Iteration, initialPlan, type Planned } from './iteration.ts';
import { RunLedger } from './ledger.ts';
import { cancelUnusedShares } from './shared-with-account.ts';
import { type Notes, type TargetNotifications, type TargetResult, targetTotals } from './target-result.ts';

/** A target in which all that is to be done is done: what is left is to publish its report. */
export interface ClosedTarget {
  readonly notes: Notes;
  readonly report: Report;
  /** The last of them. */
  readonly iteration: number;
}

/** What is closed when all that is to be done in a target is done. */
export interface AllDone {
  /** The plan of the run's first iteration. */
  readonly initial: Plan;
  /** What was left alone, and why. */
  readonly left: readonly Outcome[];
  /** The run is too old to act: it says what was done, and announces nothing by what it knew then. */
  readonly isLate?: true;
}

/**
 * Closes a target: what is left beside the passes, and what owners are to hear. Nothing more is done there in this run,
 * so that an iteration that is killed before the report is out leaves the same one to the next.
 * @param planned the target as it is now, after all that was done
 */
export async function closeTarget(
  iteration: Iteration,
  planned: Planned,
  { initial, left, isLate }: AllDone,
): Promise<ClosedTarget> {
  const { run, open } = iteration;
  if (isLate)
    return close(iteration, initial, { ...leftAlone(iteration, left), problems: [], usageReportsAskedFor: 0 }, []);
  const shared = await cancelUnusedShares(iteration, planned);
  // Without these, images can't be judged; at most as many as the policy lets a pass do.
  const wanted = run.mode === 'enforce' ? usageReportsToAskFor(planned.plan.decisions, planned.plan.at) : [];
  const reports = await askForUsageReports(open.clients.ec2, wanted.slice(0, run.policy.limits.perRun));
  const notes: Notes = {
    ...leftAlone(iteration, left, shared.stopped),
    problems: [...shared.problems, ...reports.problems],
    usageReportsAskedFor: reports.asked,
    ...(shared.totals && { shared: shared.totals }),
  };
  // What-if questions leave no trace.
  if (run.isLatest) await iteration.open.sharedSince.write(planned.account);
  // As a plan made now would have it: after all that was done.
  const present = reportOf(run, 'dry-run', planned.plan, []);
  return close(iteration, initial, notes, run.policy.notify ? noticesOf(planned.plan, run.policy, present) : []);
}

/** What is said of what was left alone; where nothing of its kind was tried in this run, the run fails in the end. */
function leftAlone(
  { ledger }: Iteration,
  left: readonly Outcome[],
  further: readonly string[] = [],
): Pick<Notes, 'stopped' | 'outOfTime'> {
  const why = new Set(left.map(({ reason }) => reason ?? 'it was left alone'));
  const tried = new Set(ledger.outcomes().map(({ action }) => action));
  const outOfTime = left.some(({ action }) => !tried.has(action)) && { outOfTime: true as const };
  return { stopped: [...why, ...further], ...outOfTime };
}

async function close(
  { store, target, run, ledger }: Iteration,
  initial: Plan,
  notes: Notes,
  notices: Notice[],
): Promise<ClosedTarget> {
  const report = reportOfAll(run, initial, ledger);
  const notifications: TargetNotifications = {
    notices,
    happenings: actionNoticesOf(report),
    critical: criticalImagesOf(report),
  };
  await store.writeJson(OBJECT.notices(target), notifications);
  if (run.mode === 'enforce')
    await store.writeJson(OBJECT.result(target), { stage: 'closing', notes } satisfies TargetResult);
  return { notes, report, iteration: ledger.iteration };
}

/** A target that was closed by an iteration which could not publish its report. */
export async function closedBefore(context: TargetContext, notes: Notes): Promise<ClosedTarget> {
  const { store, target, run } = context;
  const ledger = await RunLedger.open(store, target);
  const initial = await initialPlan(context);
  if (initial === undefined) throw new Error(`${store.keyOf(OBJECT.planned(target))} is missing; start the run anew`);
  return { notes, report: reportOfAll(run, initial, ledger), iteration: ledger.iteration };
}

/** Writes the report of a closed target, and that the target has ended. */
export async function publishTarget(
  { store, target, run, home, logger, sendEvents }: TargetContext,
  { report, notes, iteration }: ClosedTarget,
): Promise<void> {
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
  if (isLatest) await sendEvents?.(eventsOfRun(report, location));
  const result: TargetResult = {
    stage: 'ended',
    rounds: iteration,
    observedAt: report.observedAt,
    complete: report.complete,
    ...(location !== undefined && { report: location }),
    totals: targetTotals.parse(report.totals),
    troubles: runProblemsOf(report),
    notes: { ...notes, problems: [...notes.problems, ...problems] },
  };
  await store.writeJson(OBJECT.result(target), result);
}

/** The report of all iterations: the account as the first of them planned over it, and what all of them did. */
function reportOfAll(run: OrganizationRun, initial: Plan, ledger: RunLedger): Report {
  const passes = run.mode === 'enforce' ? passesAfter(initial, ledger) : initial.passes;
  return reportOf(run, run.mode, { ...initial, passes }, ledger.outcomes());
}

/** The passes as the report shows them after all iterations: of all that was due at first, what was attempted. */
export function passesAfter(plan: Plan, done: Done): PassPlan[] {
  return plan.passes.map((pass) => {
    const attempted = done.attempted(pass.pass);
    const all = [...pass.actions, ...pass.deferred];
    return {
      ...pass,
      actions: all.filter((action) => attempted.has(actionKey(action))),
      deferred: all.filter((action) => !attempted.has(actionKey(action))),
    };
  });
}

function reportOf({ runId, policy, policySource }: OrganizationRun, mode: Mode, plan: Plan, outcomes: Outcome[]) {
  return buildReport({ run: { runId, mode, policy: policySource }, plan, outcomes, ownerTag: policy.owners.tag });
}
