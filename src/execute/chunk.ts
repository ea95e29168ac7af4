import { failureOf } from '../aws/errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { type CheckedAction, ChunkJournal } from './chunk-journal.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { executeAction, failed, gone, type Outcomes, skipped } from './execute-action.ts';
import { type Check, LastChecks } from './last-check.ts';
import type { StopReasons } from './lock.ts';
import type { Ending } from './passes/pass.ts';
import type { RecycleBinCheck } from './recycle-bin-check.ts';
import { type Revalidation, whyNotCalled } from './revalidate.ts';

/** What executing a part of a plan works with. */
export interface ExecuteContext {
  readonly request: ExecuteRequest;
  /** Where actions are written down before they are done; absent where no journal is kept. */
  readonly writer: JournalWriter | undefined;
  readonly stops: StopReasons;
  readonly bin: RecycleBinCheck;
}

/** How an action ended, those that follow from it included; or why it was left alone, for no reason of its own. */
export type Ended = { readonly action: Action } & ({ readonly outcomes: Outcomes } | { readonly leftAlone: string });

/** So many actions are checked at once: as many as AWS takes in one question about references. */
export const ACTIONS_A_CHUNK = 10;
/** A check is valid for so long before what can't be undone. */
const CHECK_VALID_MILLISECONDS = 10_000;
/** Between two actions, what is left of a chunk is checked anew before that time is used up. */
const CHECK_AGAIN_MILLISECONDS = 5_000;

/** Executes some actions, ten at the most, that a revalidation calls for; each is checked once more right before. */
export async function* executeChunk(
  context: ExecuteContext,
  revalidation: Revalidation,
  actions: readonly Action[],
): AsyncGenerator<Ended> {
  const { request, writer, stops, bin } = context;
  const called: Action[] = [];
  for (const action of actions) {
    if (revalidation.called.has(actionKey(action))) called.push(action);
    else yield { action, outcomes: [notCalled(revalidation, action)] };
  }
  if (called.length === 0) return;
  const checks = new LastChecks(request, revalidation);
  await checks.renew(called);
  const ended: Outcome[] = [];
  const clear: CheckedAction[] = [];
  for (const action of called) {
    const check = checks.of(action);
    if (check.status === 'clear') {
      clear.push({ action, check });
      continue;
    }
    const outcome = outcomeOf(action, check);
    ended.push(outcome);
    yield { action, outcomes: [outcome] };
  }
  let journal: ChunkJournal | undefined;
  try {
    journal = await ChunkJournal.begin(request, writer, revalidation.account?.journal ?? request.journal, clear);
  } catch (error) {
    const reason = `it could not be written down in the journal before, so it was not done: ${failureOf(error).sentence}`;
    for (const { action } of clear) yield { action, outcomes: [failed(action, reason)] };
    return;
  }
  const ready = clear.map(({ action }) => action);
  for (const [index, action] of ready.entries()) {
    const leftAlone = stops.reason(0) ?? (await stops.keepLock());
    if (leftAlone !== undefined) {
      yield { action, leftAlone };
      continue;
    }
    const outcomes = await executeOne(context, checks, journal, ready.slice(index), action);
    ended.push(...outcomes);
    yield { action, outcomes: await bin.verified(outcomes) };
  }
  await journal?.end(ended).catch((error: unknown) => {
    const why = failureOf(error).sentence;
    request.options.onWarning(`how ${ended.length} actions ended could not be written down in the journal: ${why}`);
  });
}

/** @param left what of the chunk is not done yet, this action first */
async function executeOne(
  { request, bin }: ExecuteContext,
  checks: LastChecks,
  journal: ChunkJournal | undefined,
  left: readonly Action[],
  action: Action,
): Promise<Outcomes> {
  const { clients, clock, sleep, deadline } = request.options;
  const notes = journal?.notesOf(action);
  const leave = (outcome: Outcome): Outcomes => {
    notes?.untouched();
    return [outcome];
  };
  const notInBin = bin.objection(action);
  if (notInBin !== undefined) return leave(skipped(action, notInBin));
  if (checks.ageMilliseconds() > CHECK_AGAIN_MILLISECONDS) await checks.renew(left);
  const check = checks.of(action);
  if (check.status !== 'clear') return leave(outcomeOf(action, check));
  const { revalidation, fresh, note } = check;
  const lastCheck = () => objectionNow(checks, action);
  const sharedBefore = sharedWith(revalidation, fresh);
  const context = { ec2: clients.ec2, runId: request.runId, clock, sleep, deadline, lastCheck, notes, sharedBefore };
  return executeAction(context, revalidation, action, fresh, note);
}

/** Whom an image was shared with when the account was read, its owner included; nothing where that was not asked. */
function sharedWith({ account }: Revalidation, action: Action): ReadonlySet<string> | undefined {
  const sharing = 'snapshotId' in action ? undefined : account?.sharing.get(action.imageId);
  if (account === undefined || sharing?.status !== 'read') return undefined;
  const everyone = sharing.isPublic ? ['all'] : [];
  return new Set([...sharing.accounts, ...sharing.organizations, ...everyone, account.target.accountId]);
}

/** What stands against an action the moment before it can't be undone; asked anew where the answer has grown old. */
async function objectionNow(checks: LastChecks, action: Action): Promise<Ending | undefined> {
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  await checks.renew([action]);
  const check = checks.of(action);
  if (check.status !== 'clear') return outcomeOf(action, check);
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  const reason = `AWS took more than ${CHECK_VALID_MILLISECONDS / 1000} seconds to say whether something uses it`;
  return { status: 'skipped', reason };
}

function outcomeOf(action: Action, check: Exclude<Check, { readonly status: 'clear' }>): Outcome {
  return check.status === 'gone' ? gone(action) : skipped(action, check.reason, check.refused);
}

function notCalled(revalidation: Revalidation, action: Action): Outcome {
  const reason = whyNotCalled(revalidation, action);
  return reason === undefined ? gone(action) : skipped(action, reason);
}
