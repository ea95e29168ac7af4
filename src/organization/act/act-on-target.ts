import { executePlan } from '../../execute/execute-plan.ts';
import { actionKey } from '../../model/action-ref.ts';
import type { Outcome } from '../../model/outcome.ts';
import { readWithDetails } from '../../observe/account-reader.ts';
import { applyLimits } from '../../plan/make-plan.ts';
import { recordingText } from '../../recording/write.ts';
import { outgoingReferencesSchema } from '../read/outgoing-references.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import { closeTarget, markSkipped, publishTarget } from './close-target.ts';
import { initialPlan } from './initial-plan.ts';
import type { IterationRequest, Planned, RoundRequest } from './iteration.ts';
import { askedFor, endOfInterrupted, hasWork, iterationPolicy, planIteration } from './iteration-plan.ts';
import { RunLedger } from './ledger.ts';
import { openTarget } from './open-target.ts';
import { endedSchema } from './target-result.ts';

/** How a round ended; while work is left, another follows. */
export interface ActAnswer extends RegionTarget {
  readonly status: 'ended' | 'more';
  readonly workLeft: boolean;
}

/**
 * One round of one place: looks, decides, and does a part of what is due, within what the run's limits leave. A round
 * that finds nothing more to do writes the report and ends the place. Every round can be killed at any moment: the
 * next goes on from what is written down.
 */
export async function actOnTarget(request: IterationRequest): Promise<ActAnswer> {
  const { store, place, run } = request;
  const ended = await store.readJson(OBJECT.ended(place), endedSchema);
  if (ended !== undefined && ended.stage !== 'closing') return { ...place, status: 'ended', workLeft: false };
  const uses = await store.readJson(OBJECT.uses(place), outgoingReferencesSchema);
  const isRead = uses?.status !== 'skipped' && (await store.readText(OBJECT.owned(place))) !== undefined;
  // Nobody knows what others use of a place whose images were never listed.
  if (!isRead) {
    await markSkipped(store, place, uses);
    return { ...place, status: 'ended', workLeft: false };
  }
  const ledger = await RunLedger.open(store, place);
  const open = await openTarget(request, ledger.round === 1);
  try {
    const closing = { ...request, open, ledger };
    if (ended?.stage === 'closing') await publishTarget(closing, ended.notes);
    else if (run.record.mode === 'dry-run') await closeTarget(closing, await lookAndPlan(closing), []);
    else return await enforceRound(closing);
    return { ...place, status: 'ended', workLeft: false };
  } finally {
    open.destroy();
  }
}

async function lookAndPlan({ run, open, clock, ledger }: RoundRequest): Promise<Planned> {
  const { at } = run.record;
  const policy = run.record.mode === 'dry-run' ? run.policy : iterationPolicy(run.policy, ledger);
  const evaluation = await readWithDetails(open.reader, policy, at);
  return { account: evaluation.account, plan: applyLimits(evaluation), plannedAt: clock() };
}

async function enforceRound(request: RoundRequest): Promise<ActAnswer> {
  const { store, place, run, ledger } = request;
  const { runId } = run.record;
  const planned = await lookAndPlan(request);
  let first = await initialPlan(request);
  // Once, and before anything is done: the report tells of the account as it was then.
  if (first === undefined) {
    await store.writeText(OBJECT.planned(place), recordingText(planned.account));
    first = planned.plan;
  }
  for (const { pass, key } of ledger.unsettled()) {
    const outcome = endOfInterrupted(key, planned.plan, planned.account, runId);
    if (outcome !== undefined) await ledger.settle(pass, [outcome]);
  }
  const plan = planIteration(planned.plan, run.policy, ledger, askedFor(first));
  const before = ledger.outcomes().length;
  const untried = hasWork(plan) ? await actWithin(request, { ...planned, plan }) : [];
  if (ledger.outcomes().length > before) return { ...place, status: 'more', workLeft: true };
  const stopped = [...new Set(untried.map(({ reason }) => reason ?? 'it was left alone'))];
  await closeTarget(request, planned, stopped);
  return { ...place, status: 'ended', workLeft: false };
}

/** Acts; gives what was left alone for lack of time or lock. */
async function actWithin(request: RoundRequest, { account, plan, plannedAt }: Planned): Promise<Outcome[]> {
  const { run, open, clock, deadline, logger, ledger, place } = request;
  const outcomes = await executePlan({
    runId: run.record.runId,
    plan,
    plannedAt,
    journal: account.journal,
    policy: run.policy,
    reader: open.reader,
    options: {
      // The next round goes on with others.
      fillsUp: false,
      clients: open.clients,
      clock,
      deadline,
      journal: open.journal,
      ledger,
      onOutcome: (outcome) => logger.info('action ended', { ...place, ...outcome }),
      onWarning: (sentence) => logger.warn(sentence, { ...place }),
    },
  });
  const asked = new Set(plan.passes.flatMap(({ actions }) => actions.map(actionKey)));
  const settled = ledger.settled();
  return outcomes.filter((outcome) => {
    const key = actionKey(outcome);
    return asked.has(key) && !settled.has(key);
  });
}
