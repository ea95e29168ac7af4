import { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action, PassPlan, Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { acquireLock, stopReasons } from './lock.ts';
import { PlanExecutor } from './plan-executor.ts';
import { RecycleBinCheck } from './recycle-bin-check.ts';
import { askAboutPublicImages } from './usage-reports.ts';

/** Of what a run may do, so many times as much is tried where AWS refuses. */
const TRIES = 4;

/**
 * Executes a plan's actions, pass by pass, and revalidates before each batch. Every action ends in
 * an outcome, and none ends another; what is not done for lack of time or lock is skipped, and the next run's. Where
 * something is refused, what the plan left to later runs takes its place, oldest first. What only AWS's usage reports can
 * say of public images is asked for at the end.
 * @throws LockedError where another run is at it; nothing was done then
 */
export async function executePlan(request: ExecuteRequest): Promise<Outcome[]> {
  const outcomes = await executePasses(request);
  await askAboutPublicImages(request);
  return outcomes;
}

async function executePasses(request: ExecuteRequest): Promise<Outcome[]> {
  const { runId, plan, policy, options } = request;
  const { clients, clock, fillsUp = true, onWarning, journal: reader } = options;
  const writer = reader && new JournalWriter({ reader, runId, clock });
  const fold = async () => {
    const problem = await writer?.fold(isThereIn(plan));
    if (problem !== undefined) onWarning(problem);
  };
  if (plan.passes.every(({ actions }) => actions.length === 0)) {
    await fold();
    return [];
  }
  const lock = options.lock ?? (await acquireLock({ ssm: clients.ssm, runId, clock }));
  try {
    const stopReason = stopReasons(request, lock);
    const executor = new PlanExecutor({ request, writer, lock, stopReason, bin: new RecycleBinCheck(request) });
    for (const pass of plan.passes) {
      const goOn = await actAll(executor, pass, pass.actions);
      if (goOn && fillsUp) await fillUp(executor, pass, policy);
    }
    await fold();
    return executor.outcomes;
  } finally {
    const problem = options.lock === undefined ? await lock.release() : undefined;
    if (problem !== undefined) onWarning(problem);
  }
}

/** Whether a plan's account held an image or a snapshot. */
function isThereIn({ decisions, snapshots }: Plan): (id: string) => boolean {
  const there = new Set<string>([
    ...decisions.map(({ image }) => image.imageId),
    ...snapshots.map(({ snapshotId }) => snapshotId),
  ]);
  return (id) => there.has(id);
}

/** @returns false where something was left alone, so that there is no going on */
async function actAll(executor: PlanExecutor, { pass }: PassPlan, actions: readonly Action[]): Promise<boolean> {
  let goOn = true;
  for (let left = actions; left.length > 0; ) {
    const batch = left.slice(0, executor.actionsPerBatch());
    const tried = await executor.batch(pass, batch);
    goOn &&= tried.length === batch.length;
    left = left.slice(batch.length);
  }
  return goOn;
}

/** Tries what was left to later runs, while less was done than the plan held, and not without end. */
async function fillUp(executor: PlanExecutor, pass: PassPlan, { limits }: Policy): Promise<void> {
  const refused = new Set((pass.refused ?? []).map(({ action }) => actionKey(action)));
  let left = pass.deferred.filter((action) => !refused.has(actionKey(action)));
  let room = TRIES * limits.perRun - pass.actions.length;
  const tried = [...pass.actions];
  for (;;) {
    const missing = pass.actions.length - executor.done(tried);
    const batch = left.slice(0, Math.min(missing, room, executor.actionsPerBatch()));
    if (batch.length === 0) return;
    left = left.slice(batch.length);
    room -= batch.length;
    tried.push(...batch);
    if ((await executor.batch(pass.pass, batch, true)).length < batch.length) return;
  }
}
