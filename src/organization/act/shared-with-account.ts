import { CancelImageLaunchPermissionCommand, type EC2Client } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { failureOf } from '../../aws/errors.ts';
import { StringInterner } from '../../inventory/fields.ts';
import { describeImages, imageOf } from '../../inventory/images.ts';
import type { Account } from '../../model/account.ts';
import { type ActionRef, actionKey } from '../../model/action-ref.ts';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Policy } from '../../model/policy.ts';
import { classOf } from '../../model/reasons.ts';
import { compileProtections, protectionHolds } from '../../policy/decision/protections.ts';
import { unreadableSources } from '../../policy/decision/sources.ts';
import { count, counted } from '../../text/format.ts';
import { OBJECT, ORGANIZATION_PREFIX, unusedName } from '../s3-keys.ts';
import { date } from '../store.ts';
import { INTERRUPTED, type Iteration, type Planned } from './iteration.ts';
import type { SharedTotals } from './target-result.ts';

const COUNTED = 'shared-with-account';
const ACTION = 'cancel-launch-permission';

const sinceSchema = z.array(z.tuple([z.string(), date]));

/** What is to become of an image that another account shares. */
interface SharedImage {
  readonly imageId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly verdict: 'used' | 'protected' | 'unknown' | 'waiting' | 'due';
  /** Since when nothing here has used it, as far as runs have seen. */
  readonly unusedSince?: string;
}

interface CancelledShares {
  /** Absent where the policy does not ask, or they could not be listed. */
  readonly totals?: SharedTotals;
  /** Why nothing was cancelled, in sentences. */
  readonly stopped: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Finds the images that others share with the account and nothing there uses, remembers since when, and gives up those
 * that were unused for as long as the policy says. Reported from the first run on; given up only by one that acts.
 */
export async function cancelUnusedShares(iteration: Iteration, { account, plan }: Planned): Promise<CancelledShares> {
  const { run, store, target, open } = iteration;
  if (run.policy.sharedWithAccount === undefined) return { stopped: [], problems: [] };
  const { cancelUnusedAfter } = run.policy.sharedWithAccount;
  try {
    const images = await readShared(open.clients.ec2, target.accountId);
    const kept = store.at(ORGANIZATION_PREFIX);
    const since = new Map(await kept.readJson(unusedName(target), sinceSchema));
    const verdictOf = judge(account, run.policy, plan.at.getTime(), cancelUnusedAfter.milliseconds);
    const shared = images.map((image): SharedImage => {
      const { imageId, name, ownerId } = image;
      return { imageId, name, ownerId, ...verdictOf(image, since.get(imageId)) };
    });
    await store.writeJson(OBJECT.shared(target), shared);
    const unused = shared.filter(({ unusedSince }) => unusedSince !== undefined);
    // What-if questions leave no trace.
    if (run.isLatest) {
      const times = unused.map(({ imageId, unusedSince }) => [imageId, unusedSince]);
      await kept.writeJson(unusedName(target), times);
    }
    const due = shared.filter(({ verdict }) => verdict === 'due');
    const stopped = whyStopped(due.length, shared.length, run.policy);
    const now = stopped.length > 0 ? [] : due;
    const cancelled =
      run.mode === 'enforce' ? await cancelAll(iteration, images, now) : Math.min(now.length, run.policy.limits.perRun);
    const totals = { images: shared.length, unused: unused.length, cancelled, stopped: stopped.length > 0 };
    return { totals, stopped, problems: [] };
  } catch (error) {
    return { stopped: [], problems: [`images that others share could not be looked at: ${failureOf(error).sentence}`] };
  }
}

/** Why too much is due for anything to be done, as for a pass; nothing where it is not. */
function whyStopped(due: number, all: number, { limits }: Policy): string[] {
  if (due * 100 <= limits.stopAbovePercent * all) return [];
  const share = `${counted(due, 'launch permission')} of ${count(all)} (${count((due / all) * 100)} %)`;
  return [
    `${share} would be cancelled, more than limits.stopAbove (${count(limits.stopAbovePercent)} %) allows, so none is`,
  ];
}

/**
 * Judges an image that others share with an account: one that nothing there has used in any run for so long is due.
 * The time counts from the first run that saw it unused; one that is used, or can't be judged, begins anew later.
 */
function judge(account: Account, policy: Policy, at: number, afterMilliseconds: number) {
  const protections = compileProtections(policy.protect);
  const isUnread = unreadableSources(account).length > 0;
  return (image: Image, known: Date | undefined): Pick<SharedImage, 'verdict' | 'unusedSince'> => {
    if ((account.references.images.get(image.imageId) ?? []).length > 0) return { verdict: 'used' };
    // Where not everything could be read, the time that was counted so far stays as it is.
    if (isUnread) return { verdict: 'unknown', ...(known && { unusedSince: known.toISOString() }) };
    const from = known?.getTime() ?? at;
    const unusedSince = new Date(from).toISOString();
    const holds = protectionHolds(image, protections, account.target, at);
    if (holds.some(({ reason }) => classOf(reason) === 'protection')) return { verdict: 'protected', unusedSince };
    return { verdict: at - from >= afterMilliseconds ? 'due' : 'waiting', unusedSince };
  };
}

/** Gives up the due ones, as many as the limit leaves, after the account's own references were read anew. */
async function cancelAll(iteration: Iteration, images: readonly Image[], due: readonly SharedImage[]): Promise<number> {
  const { run, ledger, open, clock, deadline, logger, target } = iteration;
  // What an earlier iteration began and is shared no more was cancelled by it.
  const there = new Set<string>(images.map(({ imageId }) => actionKey(refOf(imageId))));
  for (const { pass, key } of ledger.unsettled()) {
    if (pass !== COUNTED || there.has(key)) continue;
    const ref = refOf(key.slice(ACTION.length + 1));
    await ledger.settle(COUNTED, { ...ref, status: 'done', reason: INTERRUPTED });
  }
  const settled = ledger.settled();
  const attempted = ledger.attempted(COUNTED);
  const left = due.map(({ imageId }) => refOf(imageId)).filter((ref) => !settled.has(actionKey(ref)));
  const { begun = [], fresh = [] } = Object.groupBy(left, (ref) => (attempted.has(actionKey(ref)) ? 'begun' : 'fresh'));
  const now = [...begun, ...fresh.slice(0, Math.max(0, run.policy.limits.perRun - attempted.size))];
  if (now.length > 0) {
    await ledger.begin(COUNTED, now);
    const references = await open.references();
    const unread = references.sources.find(({ status }) => status === 'unreadable');
    const used = new Set<string>(references.images.keys());
    const outcomes: Outcome[] = [];
    for (const ref of now) {
      if (clock() >= deadline || (await open.lock?.keep()) !== undefined) break;
      const isUsed = used.has(ref.resourceId) ? 'read again, something uses it' : undefined;
      const reason = unread ? `read again, ${unread.name} could not be read` : isUsed;
      const outcome: Outcome = reason ? { ...ref, status: 'skipped', reason } : await cancel(open.clients.ec2, ref);
      logger.info('action ended', { ...target, ...outcome });
      outcomes.push(outcome);
    }
    await ledger.end(outcomes, outcomes);
  }
  return ledger.outcomes().filter(({ action, status }) => action === ACTION && status === 'done').length;
}

async function cancel(ec2: EC2Client, ref: ActionRef<typeof ACTION>): Promise<Outcome> {
  try {
    const { $metadata } = await ec2.send(new CancelImageLaunchPermissionCommand({ ImageId: ref.resourceId }));
    return { ...ref, status: 'done', ...($metadata.requestId !== undefined && { requestId: $metadata.requestId }) };
  } catch (error) {
    const { kind, code, sentence } = failureOf(error);
    if (kind === 'not-found') return { ...ref, status: 'done', reason: 'it was not shared any more' };
    if (code !== 'OperationNotPermitted') return { ...ref, status: 'failed', reason: sentence };
    const reason = 'it is shared with the organization or a unit of it, which an account can’t give up';
    return { ...ref, status: 'skipped', reason };
  }
}

/** Images of others that the account may launch, by a permission of its own or its organization's; public ones are left out. */
async function readShared(ec2: EC2Client, accountId: string): Promise<Image[]> {
  const texts = new StringInterner();
  const answers = describeImages(ec2, { ExecutableUsers: ['self'] });
  const images = await Array.fromAsync(answers, (image) => imageOf(image, texts));
  return images.filter(({ ownerId, isPublic }) => ownerId !== accountId && !isPublic);
}

function refOf(resourceId: string): ActionRef<typeof ACTION> {
  return { action: ACTION, resourceId };
}
