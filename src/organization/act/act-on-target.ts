import { executePlan } from '../../execute/execute-plan.ts';
import type { Outcome } from '../../model/outcome.ts';
import { actionKey } from '../../model/plan.ts';
import { readWithDetails } from '../../observe/account-reader.ts';
import { applyLimits } from '../../plan/make-plan.ts';
import { recordingText } from '../../recording/write.ts';
import { outgoingReferencesSchema } from '../read/outgoing-references.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import { closeTarget, markSkipped, publishTarget } from './close-target.ts';
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
import { targetResult } from './target-result.ts';

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
  const { store, target, run } = request;
  const done: ActAnswer = { ...target, status: 'ended', workLeft: false };
  const result = await store.readJson(OBJECT.result(target), targetResult);
  if (result !== undefined && result.stage !== 'closing') return done;
  const references = await store.readJson(OBJECT.uses(target), outgoingReferencesSchema);
  const isRead = references?.status !== 'skipped' && (await store.readText(OBJECT.owned(target))) !== undefined;
  // Nobody knows what others use of a target whose images were never listed.
  if (!isRead) {
    await markSkipped(store, target, references);
    return done;
  }
  const ledger = await RunLedger.open(store, target);
  const open = await openTarget(request, ledger.iteration === 1);
  try {
    const iteration = { ...request, open, ledger };
    if (result?.stage === 'closing') await publishTarget(iteration, result.notes);
    else if (run.mode === 'dry-run') await closeTarget(iteration, await readAndPlan(iteration), []);
    else if (await enforce(iteration)) return { ...target, status: 'more', workLeft: true };
    return done;
  } finally {
    open.destroy();
  }
}

async function readAndPlan({ run, open, clock, ledger }: Iteration): Promise<Planned> {
  const policy = run.mode === 'dry-run' ? run.policy : iterationPolicy(run.policy, ledger);
  const evaluation = await readWithDetails(open.reader, policy, run.at);
  return { account: evaluation.account, plan: applyLimits(evaluation), plannedAt: clock() };
}

/** @returns whether anything was done, so that another iteration follows; else the target is closed */
async function enforce(iteration: Iteration): Promise<boolean> {
  const { store, target, run, ledger } = iteration;
  const planned = await readAndPlan(iteration);
  let initial = await initialPlan(iteration);
  // Once, and before anything is done: the report tells of the account as it was then.
  if (initial === undefined) {
    await store.writeText(OBJECT.planned(target), recordingText(planned.account));
    initial = planned.plan;
  }
  for (const { pass, key } of ledger.unsettled()) {
    const outcome = endOfInterrupted(key, planned.plan, planned.account, run.runId);
    if (outcome !== undefined) await ledger.settle(pass, [outcome]);
  }
  const plan = planIteration(planned.plan, run.policy, ledger, askedFor(initial));
  const before = ledger.outcomes().length;
  const untried = hasWork(plan) ? await execute(iteration, { ...planned, plan }) : [];
  if (ledger.outcomes().length > before) return true;
  await closeTarget(iteration, planned, [...new Set(untried.map(({ reason }) => reason ?? 'it was left alone'))]);
  return false;
}

/** Executes a plan; gives what was left alone for lack of time or lock. */
async function execute(iteration: Iteration, { account, plan, plannedAt }: Planned): Promise<Outcome[]> {
  const { run, open, clock, deadline, logger, ledger, target } = iteration;
  const outcomes = await executePlan({
    runId: run.runId,
    plan,
    plannedAt,
    journal: account.journal,
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
