import { executePlan } from '../../execute/execute-plan.ts';
import type { Outcome } from '../../model/outcome.ts';
import { actionKey } from '../../model/plan.ts';
import { readWithDetails } from '../../observe/account-reader.ts';
import { applyLimits } from '../../plan/make-plan.ts';
import { recordingText } from '../../recording/write.ts';
import { outgoingReferencesSchema } from '../read/outgoing-references.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import { type ClosedTarget, closedBefore, closeTarget, publishTarget } from './close-target.ts';
import {
  askedFor,
  endOfInterrupted,
  hasWork,
  type Iteration,
  type IterationRequest,
  initialPlan,
  iterationPolicy,
  type Planned,
  planIteration,
} from './iteration.ts';
import { RunLedger } from './ledger.ts';
import { openTarget } from './open-target.ts';
import { type TargetResult, targetResult } from './target-result.ts';

/** How an iteration ended; while work is left, another follows. */
export interface ActAnswer extends RegionTarget {
  readonly status: 'ended' | 'more';
  readonly workLeft: boolean;
}

/**
 * One iteration over one target: reads, decides, and does a part of what is due, within what the run's limits leave. An
 * iteration that finds nothing more to do writes the report and ends the target. Every iteration can be killed at any
 * moment: the next goes on from what is written down.
 */
export async function actOnTarget(request: IterationRequest): Promise<ActAnswer> {
  const { store, target } = request;
  const ended: ActAnswer = { ...target, status: 'ended', workLeft: false };
  const result = (await store.readJson(OBJECT.result(target), targetResult)) ?? (await leftOut(request));
  if (result !== undefined && result.stage !== 'closing') return ended;
  const ledger = await RunLedger.open(store, target);
  const closed =
    result === undefined ? await iterate(request, ledger) : await closedBefore(request, ledger, result.notes);
  if (closed === undefined) return { ...target, status: 'more', workLeft: true };
  await publishTarget(request, ledger, closed);
  return ended;
}

/** Ends a target that is none after all, or that nobody could read: what others use of it is not known. */
async function leftOut({ store, target }: IterationRequest): Promise<TargetResult | undefined> {
  const references = await store.readJson(OBJECT.uses(target), outgoingReferencesSchema);
  const isSkipped = references?.status === 'skipped';
  if (!isSkipped && (await store.readText(OBJECT.owned(target))) !== undefined) return undefined;
  const error =
    references === undefined || references.status === 'read' ? 'it was not read in this run' : references.error;
  const result: TargetResult = { stage: 'left-out', status: isSkipped ? 'skipped' : 'unread', error };
  await store.writeJson(OBJECT.result(target), result);
  return result;
}

/** @returns nothing where anything was done, so that another iteration follows; else the target is closed */
async function iterate(request: IterationRequest, ledger: RunLedger): Promise<ClosedTarget | undefined> {
  const { run } = request;
  const open = await openTarget(request, ledger.iteration === 1);
  try {
    const iteration = { ...request, open, ledger };
    const policy = run.mode === 'dry-run' ? run.policy : iterationPolicy(run.policy, ledger);
    const evaluation = await readWithDetails(open.reader, policy, run.at);
    const planned = { account: evaluation.account, plan: applyLimits(evaluation), plannedAt: request.clock() };
    return await (run.mode === 'dry-run'
      ? closeTarget(iteration, planned, planned.plan, [])
      : enforce(iteration, planned));
  } finally {
    open.destroy();
  }
}

async function enforce(iteration: Iteration, planned: Planned): Promise<ClosedTarget | undefined> {
  const { store, target, run, ledger } = iteration;
  let initial = await initialPlan(iteration);
  // Once, and before anything is done: the report tells of the account as it was then.
  if (initial === undefined) {
    await store.writeText(OBJECT.planned(target), recordingText(planned.account));
    initial = planned.plan;
  }
  for (const { pass, key } of ledger.unsettled()) {
    const outcome = endOfInterrupted(key, planned.plan, planned.account, run.runId);
    if (outcome !== undefined) await ledger.settle(pass, outcome);
  }
  const plan = planIteration(planned.plan, run.policy, ledger, askedFor(initial));
  const before = ledger.outcomes().length;
  const untried = hasWork(plan) ? await execute(iteration, { ...planned, plan }) : [];
  if (ledger.outcomes().length > before) return undefined;
  const stopped = new Set(untried.map(({ reason }) => reason ?? 'it was left alone'));
  return closeTarget(iteration, planned, initial, [...stopped]);
}

/** Executes a plan; gives what was left alone for lack of time or lock. */
async function execute(iteration: Iteration, { plan, plannedAt }: Planned): Promise<Outcome[]> {
  const { run, open, clock, deadline, logger, ledger, target } = iteration;
  const outcomes = await executePlan({
    runId: run.runId,
    plan,
    plannedAt,
    policy: run.policy,
    reader: open.reader,
    options: {
      // The next iteration goes on with others.
      fillsUp: false,
      clients: open.clients,
      clock,
      deadline,
      journal: open.journal,
      ledger,
      onOutcome: (outcome) => logger.info('action ended', { ...target, ...outcome }),
      onWarning: (sentence) => logger.warn(sentence, { ...target }),
    },
  });
  const asked = new Set(plan.passes.flatMap(({ actions }) => actions.map(actionKey)));
  const settled = ledger.settled();
  return outcomes.filter((outcome) => asked.has(actionKey(outcome)) && !settled.has(actionKey(outcome)));
}
