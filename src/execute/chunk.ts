import { failureOf } from '../aws/errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { ChunkJournal } from './chunk-journal.ts';
import { type ExecuteRequest, whyTooOld } from './enforcement.ts';
import { type CalledAction, type ClearCheck, deregistration, LastChecks } from './last-check.ts';
import type { RunLock } from './lock.ts';
import { archive } from './passes/archive.ts';
import { deregister } from './passes/deregister.ts';
import { deprecate, disable, reinstate } from './passes/images.ts';
import { type Ending, failed, gone, type PassContext, type PassNotes, skipped } from './passes/pass.ts';
import { protect, unprotect } from './passes/protect.ts';
import { deleteSnapshot, markOrphan } from './passes/snapshots.ts';
import type { RecycleBinCheck } from './recycle-bin-check.ts';
import { notCalled, type Revalidation } from './revalidate.ts';

/** What executing a part of a plan works with. */
export interface ExecuteContext {
  readonly request: ExecuteRequest;
  /** Where actions are written down before they are done; absent where no journal is kept. */
  readonly writer: JournalWriter | undefined;
  readonly lock: RunLock;
  /** Why nothing more may be done, if the next step takes so long at the least. */
  readonly stopReason: (neededMilliseconds: number) => string | undefined;
  readonly bin: RecycleBinCheck;
}

/** How an action ended, those that follow from it included; why it was left alone, for no reason of its own; or that its reading grew old. */
type Ended = { readonly action: Action } & (
  | { readonly outcomes: readonly Outcome[] }
  | { readonly leftAlone: string }
  | { readonly isOld: true }
);

/** So many actions are checked at once: as many as AWS takes in one question about references. */
export const ACTIONS_A_CHUNK = 10;
/** A check is valid for so long before what can't be undone. */
const CHECK_VALID_MILLISECONDS = 10_000;
/** Between two actions, what is left of a chunk is checked anew before that time is used up. */
const CHECK_AGAIN_MILLISECONDS = 5_000;
/** What is begun while its reading is valid may end so much later: no check tells of launch configurations and groups. */
const READING_MORE_MILLISECONDS = 60_000;
export const READ_TOO_LONG_AGO =
  'the account was read too many minutes ago to know that nothing uses it by now; the next run looks again';

/**
 * Executes some actions, ten at the most, that a revalidation calls for; each is checked once more right before.
 * @param until none is begun later: what the revalidation was read from is too old then
 */
export async function* executeChunk(
  context: ExecuteContext,
  revalidation: Revalidation,
  until: Date,
  actions: readonly Action[],
): AsyncGenerator<Ended> {
  const { request, writer, lock, stopReason, bin } = context;
  const called: CalledAction[] = [];
  for (const action of actions) {
    const fresh = revalidation.called.get(actionKey(action));
    if (fresh !== undefined) called.push({ planned: action, fresh });
    else yield { action, outcomes: [notCalled(revalidation, action)] };
  }
  if (called.length === 0) return;
  const checks = new LastChecks(request, revalidation, called);
  await checks.renew(called.map(({ planned }) => planned));
  const ended: Outcome[] = [];
  const clear: ClearCheck[] = [];
  for (const { planned: action } of called) {
    const check = checks.of(action);
    if (check.status === 'clear') {
      clear.push(check);
      continue;
    }
    ended.push(check);
    yield { action, outcomes: [check] };
  }
  const ready = clear.map(({ planned }) => planned);
  const journal = new ChunkJournal(request, writer, revalidation.plan.journal);
  let begun: Awaited<ReturnType<ChunkJournal['begin']>>;
  try {
    begun = await journal.begin(clear);
  } catch (error) {
    const reason = `it could not be written down in the journal before, so it was not done: ${failureOf(error).sentence}`;
    for (const action of ready) yield { action, outcomes: [failed(action, reason)] };
    return;
  }
  for (const [index, [action, notes]] of begun.entries()) {
    if (request.options.clock() > until) {
      yield { action, isOld: true };
      continue;
    }
    const leftAlone = stopReason(0) ?? whyTooOld(request.options, action) ?? (await lock.keep());
    if (leftAlone !== undefined) {
      yield { action, leftAlone };
      continue;
    }
    const outcomes = await executeOne(context, checks, notes, [action, ...ready.slice(index + 1)], until);
    ended.push(...outcomes);
    yield { action, outcomes: await Array.fromAsync(outcomes, (outcome) => bin.verified(outcome)) };
  }
  await journal.end(ended).catch((error: unknown) => {
    const why = failureOf(error).sentence;
    request.options.onWarning(`how ${ended.length} actions ended could not be written down in the journal: ${why}`);
  });
}

/** @param left what of the chunk is not done yet, the action first */
async function executeOne(
  { request, bin }: ExecuteContext,
  checks: LastChecks,
  notes: PassNotes,
  left: readonly [Action, ...Action[]],
  until: Date,
): Promise<Outcome[]> {
  const [action] = left;
  const { clients, clock, sleep, deadline } = request.options;
  const notInBin = bin.objection(action);
  if (notInBin === undefined && checks.ageMilliseconds() > CHECK_AGAIN_MILLISECONDS) await checks.renew(left);
  const check = notInBin === undefined ? checks.of(action) : skipped(action, notInBin);
  if (check.status !== 'clear') {
    notes.isUntouched = true;
    return [check];
  }
  const lastCheck = async () =>
    clock().getTime() > until.getTime() + READING_MORE_MILLISECONDS
      ? ({ status: 'skipped', reason: READ_TOO_LONG_AGO } as const)
      : objectionNow(checks, action);
  const sharedBefore = sharedWith(check);
  const context = { ec2: clients.ec2, runId: request.runId, clock, sleep, deadline, lastCheck, notes, sharedBefore };
  return executeAction(context, check);
}

/**
 * Carries one action out, as its revalidation has it, and of the snapshots no more than the plan held.
 * @returns how it ended, and after that how its snapshots did where it has some
 */
async function executeAction(context: PassContext, check: ClearCheck): Promise<Outcome[]> {
  const { planned, fresh, revalidation } = check;
  if (fresh.action === 'mark-orphan') return [await markOrphan(context, fresh)];
  if (fresh.action === 'delete-snapshot') return [await deleteSnapshot(context, fresh)];
  if (fresh.action === 'deregister') return deregister(context, deregistration(check, fresh));
  const image = revalidation.images.get(fresh.imageId);
  if (image === undefined) return [gone(planned)];
  switch (fresh.action) {
    case 'protect':
      return [await protect(context, image)];
    case 'unprotect':
      return [await unprotect(context, image)];
    case 'deprecate':
      return [await deprecate(context, fresh, image, revalidation.plan.at)];
    case 'reinstate':
      return [await reinstate(context, fresh, image)];
    case 'disable':
      return [await disable(context, fresh, image)];
    case 'archive':
      return [await archive(context, fresh)];
  }
}

/** Whom an image was shared with when the account was read, its owner included; nothing where that was not asked. */
function sharedWith({ revalidation: { account }, fresh }: ClearCheck): ReadonlySet<string> | undefined {
  const sharing = 'snapshotId' in fresh ? undefined : account?.sharing.get(fresh.imageId);
  if (account === undefined || sharing?.status !== 'read') return undefined;
  const everyone = sharing.isPublic ? ['all'] : [];
  return new Set([...sharing.accounts, ...sharing.organizations, ...everyone, account.target.accountId]);
}

/** What stands against an action the moment before it can't be undone; asked anew where the answer has grown old. */
async function objectionNow(checks: LastChecks, action: Action): Promise<Ending | undefined> {
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  await checks.renew([action]);
  const check = checks.of(action);
  if (check.status !== 'clear') return check;
  if (checks.ageMilliseconds() <= CHECK_VALID_MILLISECONDS) return undefined;
  const reason = `AWS took more than ${CHECK_VALID_MILLISECONDS / 1000} seconds to say whether something uses it`;
  return { status: 'skipped', reason };
}
