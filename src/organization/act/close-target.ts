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
import type { TargetNotifications } from '../summary/notifications.ts';
import { initialPlan } from './initial-plan.ts';
import type { Planned, RoundRequest } from './iteration.ts';
import { passesAfter } from './iteration-plan.ts';
import { cancelUnusedShares } from './shared-with-account.ts';
import type { Notes, TargetResult } from './target-result.ts';
import { askForUsageReports } from './usage-reports.ts';

/** Ends a place that is no target after all, or that nobody could read. */
export async function markSkipped(
  store: Store,
  place: RegionTarget,
  uses: OutgoingReferences | undefined,
): Promise<void> {
  const status = uses?.status === 'skipped' ? 'skipped' : 'unread';
  const error = uses === undefined || uses.status === 'read' ? 'it was not read in this run' : uses.error;
  await store.writeJson(OBJECT.ended(place), { stage: 'left-out', status, error } satisfies TargetResult);
}

/**
 * Ends a place: what is left beside the passes, what owners are to hear, and the report. From `closing` on nothing
 * more is done there in this run, so that a round that is killed here writes the same report again.
 * @param planned the place as it is now, after all that was done
 * @param stopped why something was left alone, in sentences
 */
export async function closeTarget(request: RoundRequest, planned: Planned, stopped: readonly string[]): Promise<void> {
  const { store, place, run } = request;
  const shared = await cancelUnusedShares(request, planned);
  const asked = run.record.mode === 'enforce' ? await askForReports(request, planned.plan) : NOBODY_ASKED;
  const notes: Notes = {
    stopped: [...stopped],
    problems: [...shared.problems, ...asked.problems],
    usageReportsAskedFor: asked.asked,
    ...(shared.totals && { shared: shared.totals }),
  };
  const report = await reportOf(request, planned.plan);
  const notifications: TargetNotifications = {
    notices: noticesToSend(request, planned.plan),
    happenings: actionNoticesOf(report),
  };
  await store.writeJson(OBJECT.notices(place), notifications);
  if (run.record.mode === 'enforce')
    await store.writeJson(OBJECT.ended(place), { stage: 'closing', notes } satisfies TargetResult);
  await publish(request, report, notes);
}

/** Writes the report of a place that was closed by a round which could not finish. */
export async function publishTarget(request: RoundRequest, notes: Notes): Promise<void> {
  await publish(request, await reportOf(request, undefined), notes);
}

async function publish(request: RoundRequest, report: Report, notes: Notes): Promise<void> {
  const { store, place, run, home, ledger } = request;
  const { startedBy, isLatest } = run.record;
  const target = { s3: home.s3, bucket: store.bucket, report, startedBy, isLatest, isIndexed: false };
  collectGarbage();
  const { location, problems, unwrittenAudit } = await publishToBucket(target);
  for (const record of unwrittenAudit) request.logger.warn('audit record', { ...place, record });
  const { images, dueImages, storage, dueStorage, deletedStorage, passes, outcomes } = report.totals;
  const ended: TargetResult = {
    stage: 'ended',
    rounds: ledger.round,
    observedAt: report.observedAt,
    complete: report.complete,
    ...(location !== undefined && { report: location }),
    totals: { images, dueImages, storage, dueStorage, deletedStorage, passes, outcomes },
    troubles: runProblemsOf(report),
    notes: { ...notes, problems: [...notes.problems, ...problems] },
  };
  await store.writeJson(OBJECT.ended(place), ended);
}

/** The report of all rounds: the account as the first of them planned over it, and what all of them did. */
async function reportOf(request: RoundRequest, present: Plan | undefined): Promise<Report> {
  const { store, place, run, ledger } = request;
  const { record, policy, policySource } = run;
  const first = (await initialPlan(request)) ?? present;
  if (first === undefined) throw new Error(`${store.keyOf(OBJECT.planned(place))} is missing; start the run anew`);
  const plan = record.mode === 'enforce' ? { ...first, passes: passesAfter(first, ledger) } : first;
  const info = { runId: record.runId, mode: record.mode, policy: policySource };
  return buildReport({ run: info, plan, outcomes: ledger.outcomes(), ownerTag: policy.owners.tag });
}

/** What owners are to hear of the place as it is now, after all that was done. */
function noticesToSend({ run }: RoundRequest, plan: Plan): Notice[] {
  const { record, policy, policySource } = run;
  if (policy.notify === undefined) return [];
  const info = { runId: record.runId, mode: 'dry-run' as const, policy: policySource };
  return noticesOf(plan, policy, buildReport({ run: info, plan, outcomes: [], ownerTag: policy.owners.tag }));
}

const NOBODY_ASKED = { asked: 0, problems: [] } as const;

/** Asks for the usage reports without which images can't be judged; at most as many as the policy lets a pass do. */
async function askForReports({ run, open }: RoundRequest, plan: Plan) {
  const wanted = usageReportsToAskFor(plan.decisions, plan.at).slice(0, run.policy.limits.perRun);
  if (wanted.length === 0) return NOBODY_ASKED;
  try {
    return await askForUsageReports(open.clients.ec2, wanted);
  } catch (error) {
    return { asked: 0, problems: [`the usage reports could not be asked for: ${failureOf(error).sentence}`] };
  }
}
