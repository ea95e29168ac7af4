import { whyTooOld } from '../../execute/enforcement.ts';
import { executePlan } from '../../execute/execute-plan.ts';
import { skipped } from '../../execute/passes/pass.ts';
import { actionKey } from '../../model/action-ref.ts';
import type { Outcome } from '../../model/outcome.ts';
import { type AccountReader, readWithDetails } from '../../observe/account-reader.ts';
import { applyLimits } from '../../plan/make-plan.ts';
import { recordingText } from '../../recording/write.ts';
import { type JoinedIndex, joinedIndex } from '../join/joined.ts';
import { whyTooLate } from '../run.ts';
import { OBJECT, type RegionTarget, regionTargetName } from '../s3-keys.ts';
import type { WaitingTarget } from '../targets/list-waiting.ts';
import { type AllDone, type ClosedTarget, closedBefore, closeTarget, publishTarget } from './close-target.ts';
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
import { openTarget } from './open-target.ts';
import { type TargetResult, targetResult } from './target-result.ts';

/** How a round ended: where work is left, another follows at once, or waits until all targets were read anew. */
export interface ActAnswer extends RegionTarget {
  readonly status: 'ended' | 'more' | 'waiting';
  /** Another round may follow at once. */
  readonly workLeft: boolean;
}

/**
 * One round over one target: reads, decides, and does a part of what is due, within what the run's limits leave and while
 * what is known of the other targets is young enough. A round that finds nothing more to do writes the report and ends the
 * target. Every round can be killed at any moment: the next goes on from what is written down.
 */
export async function actOnTarget(request: IterationRequest): Promise<ActAnswer> {
  const { store, target, joined } = request;
  const ended: ActAnswer = { ...target, status: 'ended', workLeft: false };
  const index = await store.needJson(OBJECT.joined(joined.iteration), joinedIndex, joined.sha256);
  const result = (await store.readJson(OBJECT.result(target), targetResult)) ?? (await leftOut(request, index));
  if (result !== undefined && result.stage !== 'closing') return ended;
  const closed = result === undefined ? await iterate(request, index) : await closedBefore(request, result.notes);
  if (closed === 'more') return { ...target, status: 'more', workLeft: true };
  if (closed === 'waiting') return { ...target, status: 'waiting', workLeft: false };
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

/** @returns `more` where anything was done, so that another round follows; else the target is closed, or waits */
async function iterate(request: IterationRequest, index: JoinedIndex): Promise<ClosedTarget | 'more' | 'waiting'> {
  const { run, store, target } = request;
  const open = await openTarget(request, index, request.joined.iteration);
  try {
    // Another invocation may have come so far before this one had the lock.
    const result = await store.readJson(OBJECT.result(target), targetResult);
    if (result !== undefined && result.stage !== 'left-out') return await closedBefore(request, result.notes);
    const { ledger } = open;
    const iteration = { ...request, open, ledger };
    const policy = run.mode === 'dry-run' ? run.policy : iterationPolicy(run.policy, ledger);
    const planFrom = async (reader: AccountReader): Promise<Planned> => {
      const evaluation = await readWithDetails(reader, policy, run.at);
      return { account: evaluation.account, plan: applyLimits(evaluation), plannedAt: request.clock() };
    };
    const first = await planFrom(open.recorded ?? open.reader);
    // That nothing is due a recording can say; what is due is read anew.
    const isEnough = run.mode === 'dry-run' || open.recorded === undefined || !hasWork(first.plan);
    const planned = isEnough ? first : await planFrom(open.reader);
    const done = run.mode === 'dry-run' ? { initial: planned.plan, left: [] } : await enforce(iteration, planned);
    return typeof done === 'string' ? done : await closeTarget(iteration, planned, done);
  } finally {
    await open.close();
  }
}

async function enforce(iteration: Iteration, planned: Planned): Promise<AllDone | 'more' | 'waiting'> {
  const { store, target, run, open, ledger, clock, joined, isLast } = iteration;
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
  if (late !== undefined) {
    const left = plan.passes.flatMap(({ actions }) => actions.map((action) => skipped(action, late)));
    return { initial, left, isLate: true };
  }
  const before = ledger.outcomes().length;
  const left = hasWork(plan) ? await execute(iteration, { ...planned, plan }) : [];
  if (ledger.outcomes().length > before) return 'more';
  const { others } = open;
  const waits = plan.passes.some(({ actions }) => actions.some((one) => whyTooOld({ others, clock }, one)));
  if (!waits || isLast) return { initial, left };
  const word: WaitingTarget = { tried: before };
  await store.writeJson(`${OBJECT.waitingAfter(joined.iteration)}${regionTargetName(target)}.json`, word);
  return 'waiting';
}

/** Executes a plan; gives what was left alone for lack of time, lock or young knowledge. */
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
      others: open.others,
      ...(open.lock && { lock: open.lock }),
      onOutcome: (outcome) => logger.info('action ended', { ...target, ...outcome }),
      onWarning: (sentence) => logger.warn(sentence, { ...target }),
    },
  });
  const asked = new Set(plan.passes.flatMap(({ actions }) => actions.map(actionKey)));
  const settled = ledger.settled();
  return outcomes.filter((outcome) => asked.has(actionKey(outcome)) && !settled.has(actionKey(outcome)));
}
