import { executePlan } from '../../execute/execute-plan.ts';
import type { Outcome } from '../../model/outcome.ts';
import { actionKey } from '../../model/plan.ts';
import { readWithDetails } from '../../observe/account-reader.ts';
import { applyLimits } from '../../plan/make-plan.ts';
import { recordingText } from '../../recording/write.ts';
import { type JoinedIndex, joinedIndex } from '../join/joined.ts';
import { OBJECT, type RegionTarget, regionTargetName } from '../s3-keys.ts';
import { type ClosedTarget, closedBefore, closeLate, closeTarget, publishTarget } from './close-target.ts';
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
  whyTooLate,
} from './iteration.ts';
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
  const { store, target, joined } = request;
  const ended: ActAnswer = { ...target, status: 'ended', workLeft: false };
  const index = await store.needJson(OBJECT.joined, joinedIndex, joined);
  const result = (await store.readJson(OBJECT.result(target), targetResult)) ?? (await leftOut(request, index));
  if (result !== undefined && result.stage !== 'closing') return ended;
  const closed = result === undefined ? await iterate(request, index) : await closedBefore(request, result.notes);
  if (closed === undefined) return { ...target, status: 'more', workLeft: true };
  await publishTarget(request, closed);
  return ended;
}

/** Ends a target that is none after all, or whose images were never listed: what others use of it is not known. */
async function leftOut({ store, target }: IterationRequest, index: JoinedIndex): Promise<TargetResult | undefined> {
  const name = regionTargetName(target);
  if (index.read.includes(name) || index.listed.includes(name)) return undefined;
  const whyIn = (list: JoinedIndex['unread']) => list.find(([one]) => one === name)?.[1];
  const skipped = whyIn(index.skipped);
  const status = skipped === undefined ? 'unread' : 'skipped';
  const error = skipped ?? whyIn(index.unread) ?? 'it is no target of this run';
  const result: TargetResult = { stage: 'left-out', status, error };
  await store.writeJson(OBJECT.result(target), result);
  return result;
}

/** @returns nothing where anything was done, so that another iteration follows; else the target is closed */
async function iterate(request: IterationRequest, index: JoinedIndex): Promise<ClosedTarget | undefined> {
  const { run, store, target } = request;
  const open = await openTarget(request, index);
  try {
    // Another invocation may have come so far before this one had the lock.
    const result = await store.readJson(OBJECT.result(target), targetResult);
    if (result !== undefined && result.stage !== 'left-out') return await closedBefore(request, result.notes);
    const { ledger } = open;
    const iteration = { ...request, open, ledger };
    const policy = run.mode === 'dry-run' ? run.policy : iterationPolicy(run.policy, ledger);
    const evaluation = await readWithDetails(open.reader, policy, run.at);
    const planned = { account: evaluation.account, plan: applyLimits(evaluation), plannedAt: request.clock() };
    return await (run.mode === 'dry-run'
      ? closeTarget(iteration, planned, planned.plan, [])
      : enforce(iteration, planned));
  } finally {
    await open.close();
  }
}

async function enforce(iteration: Iteration, planned: Planned): Promise<ClosedTarget | undefined> {
  const { store, target, run, ledger, clock } = iteration;
  const late = whyTooLate(run, clock());
  let initial = await initialPlan(iteration);
  // Once, and before anything is done: the report tells of the account as it was then.
  if (initial === undefined) {
    await store.writeText(OBJECT.planned(target), recordingText(planned.account));
    initial = planned.plan;
  }
  for (const { pass, key } of ledger.unsettled()) {
    const tried = late === undefined ? planned.plan : { ...planned.plan, passes: [] };
    const outcome = endOfInterrupted(key, tried, planned.account, run.runId);
    if (outcome !== undefined) await ledger.settle(pass, outcome);
  }
  const plan = planIteration(planned.plan, run.policy, ledger, askedFor(initial));
  if (late !== undefined) return closeLate(iteration, initial, hasWork(plan) ? [late] : []);
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
      ...(open.lock && { lock: open.lock }),
      onOutcome: (outcome) => logger.info('action ended', { ...target, ...outcome }),
      onWarning: (sentence) => logger.warn(sentence, { ...target }),
    },
  });
  const asked = new Set(plan.passes.flatMap(({ actions }) => actions.map(actionKey)));
  const settled = ledger.settled();
  return outcomes.filter((outcome) => asked.has(actionKey(outcome)) && !settled.has(actionKey(outcome)));
}
