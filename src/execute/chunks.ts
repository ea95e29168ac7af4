import { failureOf } from '../aws/errors.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { ChunkJournal, type Order } from './chunk-journal.ts';
import type { ExecuteContext } from './context.ts';
import { executeAction } from './execute-action.ts';
import { type Checked, LastChecks } from './last-check.ts';
import { failed, gone, notCalled, skipped } from './outcomes.ts';
import type { Ending } from './passes/pass.ts';
import type { Revalidation } from './revalidate.ts';

/** So many actions are checked at once: as many as AWS takes in one question about references. */
export const ACTIONS_A_CHUNK = 10;
/** A check counts for so long before what can't be undone. */
const CHECK_VALID_MILLISECONDS = 10_000;
/** Between two actions, what is left of a chunk is checked anew before that time is used up. */
const CHECK_AGAIN_MILLISECONDS = 5_000;

/** Does some actions, ten at the most, as one look calls for them; each is checked once more right before. */
export async function executeChunk(
  context: ExecuteContext,
  revalidation: Revalidation,
  actions: readonly Action[],
): Promise<void> {
  const called = actions.filter((action) => revalidation.called.has(actionKey(action)));
  for (const action of actions) if (!called.includes(action)) context.record(notCalled(revalidation, action));
  if (called.length === 0) return;
  const checks = new LastChecks(context, revalidation);
  await checks.renew(called);
  const outcomes: Outcome[] = [];
  const record = (ended: readonly Outcome[]) => {
    for (const outcome of ended) context.record(outcome);
    outcomes.push(...ended);
  };
  const done = async (ended: readonly Outcome[]) => {
    for (const outcome of await context.bin.told(ended)) context.record(outcome);
    outcomes.push(...ended);
  };
  const orders: Order[] = [];
  for (const action of called) {
    const checked = checks.of(action);
    if (checked.status === 'clear') orders.push({ action, checked });
    else record([endOf(action, checked)]);
  }
  const { request } = context;
  let journal: ChunkJournal | undefined;
  try {
    journal = await ChunkJournal.begin(context, revalidation.account?.journal ?? request.journal, orders);
  } catch (error) {
    const reason = `it could not be written down in the journal before, so it was not done: ${failureOf(error).sentence}`;
    for (const { action } of orders) context.record(failed(action, reason));
    return;
  }
  const ready = orders.map(({ action }) => action);
  for (const [index, action] of ready.entries()) {
    const stop = await context.stopReason();
    const unheld = context.bin.objection(action);
    if (stop !== undefined) context.leave(action, stop);
    else if (unheld !== undefined) record([leftAlone(journal, action, unheld)]);
    else await done(await executeOne(context, checks, journal, action, ready.slice(index)));
  }
  await journal?.end(outcomes).catch((error: unknown) => {
    const why = failureOf(error).sentence;
    request.options.onWarning(`how ${outcomes.length} actions ended could not be written down in the journal: ${why}`);
  });
}

function leftAlone(journal: ChunkJournal | undefined, action: Action, why: string): Outcome {
  journal?.notesOf(action)?.untouched();
  return skipped(action, why);
}

/** @param left what of the chunk is not done yet, this action first */
async function executeOne(
  { request }: ExecuteContext,
  checks: LastChecks,
  journal: ChunkJournal | undefined,
  action: Action,
  left: readonly Action[],
): Promise<readonly Outcome[]> {
  const { clients, clock, sleep, deadline } = request.options;
  if (checks.ageMilliseconds() > CHECK_AGAIN_MILLISECONDS) await checks.renew(left);
  const checked = checks.of(action);
  if (checked.status !== 'clear') {
    journal?.notesOf(action)?.untouched();
    return [endOf(action, checked)];
  }
  const lastCheck = () => objectionNow(checks, action);
  const notes = journal?.notesOf(action);
  const sharedBefore = sharedBy(checked.revalidation, checked.fresh);
  const context = { ec2: clients.ec2, runId: request.runId, clock, sleep, deadline, lastCheck, notes, sharedBefore };
  return executeAction(context, checked.revalidation, action, checked.fresh, checked.note);
}

/** Whom an image was shared with as a look has it, its owner included; nothing where that was not asked. */
function sharedBy({ account }: Revalidation, action: Action): ReadonlySet<string> | undefined {
  const sharing = 'snapshotId' in action ? undefined : account?.sharing.get(action.imageId);
  if (account === undefined || sharing?.status !== 'read') return undefined;
  const everyone = sharing.isPublic ? ['all'] : [];
  return new Set([...sharing.accounts, ...sharing.organizations, ...everyone, account.target.accountId]);
}

/** What stands against an action the moment before it can't be undone; asked anew where the answer has grown old. */
async function objectionNow(checks: LastChecks, action: Action): Promise<Ending | undefined> {
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  await checks.renew([action]);
  const checked = checks.of(action);
  if (checked.status !== 'clear') return endOf(action, checked);
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  const reason = `AWS took more than ${CHECK_VALID_MILLISECONDS / 1000} seconds to say whether something uses it`;
  return { status: 'skipped', reason };
}

function endOf(action: Action, checked: Exclude<Checked, { readonly status: 'clear' }>): Outcome {
  return checked.status === 'gone' ? gone(action) : skipped(action, checked.reason, checked.refused);
}
