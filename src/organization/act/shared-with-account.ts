import { CancelImageLaunchPermissionCommand, DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { failureOf } from '../../aws/errors.ts';
import { listOf, pages } from '../../aws/pages.ts';
import { imageOf } from '../../inventory/images.ts';
import { StringInterner } from '../../inventory/string-interner.ts';
import type { Image } from '../../model/image.ts';
import type { Outcome } from '../../model/outcome.ts';
import { OBJECT, ORGANIZATION_PREFIX, unusedName } from '../s3-keys.ts';
import type { Planned, RoundRequest } from './iteration.ts';
import type { SharedTotals } from './target-result.ts';
import { judgeShared, type SharedImage } from './unused-images.ts';

const COUNTED = 'shared-with-account';
const ACTION = 'cancel-launch-permission';

const sinceSchema = z.array(z.tuple([z.string(), z.iso.datetime().transform((text) => new Date(text))]));

/** What came of the images that others share with the account. */
export interface CancelledShares {
  /** Absent where the policy does not ask, or they could not be listed. */
  readonly totals?: SharedTotals;
  readonly problems: readonly string[];
}

/**
 * Finds the images that others share with the account and nothing there uses, remembers since when, and gives up those
 * that were unused for as long as the policy says. Reported from the first run on; given up only by one that acts.
 */
export async function cancelUnusedShares(request: RoundRequest, planned: Planned): Promise<CancelledShares> {
  const { run, store, place, open } = request;
  if (run.policy.sharedWithAccount === undefined) return { problems: [] };
  try {
    const images = await readShared(open.clients.ec2, place.accountId);
    const kept = store.at(ORGANIZATION_PREFIX);
    const since = new Map(await kept.readJson(unusedName(place), sinceSchema));
    const shared = judgeShared(images, planned.account, run.policy, since, planned.plan.at);
    await store.writeJson(OBJECT.shared(place), shared);
    // What-if questions leave no trace.
    if (run.record.isLatest) await kept.writeJson(unusedName(place), sinceOf(shared));
    const due = shared.filter(({ verdict }) => verdict === 'due');
    const cancelled = run.record.mode === 'enforce' ? await cancelAll(request, images, due) : due.length;
    const unused = shared.filter(({ unusedSince }) => unusedSince !== undefined).length;
    return { totals: { images: shared.length, unused, cancelled }, problems: [] };
  } catch (error) {
    return { problems: [`images that others share could not be looked at: ${failureOf(error).sentence}`] };
  }
}

/** Gives up the due ones, as many as the limit leaves, after the account's own references were read anew. */
async function cancelAll(
  request: RoundRequest,
  images: readonly Image[],
  due: readonly SharedImage[],
): Promise<number> {
  const { run, ledger, open, clock, deadline, logger, place } = request;
  await settleInterrupted(request, images);
  const settled = ledger.settled();
  const attempted = ledger.attempted(COUNTED);
  const left = due.filter(({ imageId }) => !settled.has(keyOf(imageId)));
  const begun = left.filter(({ imageId }) => attempted.has(keyOf(imageId)));
  const fresh = left.filter(({ imageId }) => !attempted.has(keyOf(imageId)));
  const now = [...begun, ...fresh.slice(0, Math.max(0, run.policy.limits.perRun - attempted.size))];
  if (now.length > 0) {
    await ledger.beginKeys(
      COUNTED,
      now.map(({ imageId }) => keyOf(imageId)),
    );
    const references = await open.references();
    const unread = references.sources.find(({ status }) => status === 'unreadable');
    const outcomes: Outcome[] = [];
    for (const { imageId: resourceId } of now) {
      if (clock() >= deadline) break;
      const used = [...references.images].find(([id]) => id === resourceId);
      const reason =
        unread === undefined
          ? used && 'looked at again, something uses it'
          : `looked at again, ${unread.name} could not be read`;
      const outcome: Outcome =
        reason === undefined
          ? await cancel(open.clients.ec2, resourceId)
          : { action: ACTION, resourceId, status: 'skipped', reason };
      logger.info('action ended', { ...place, ...outcome });
      outcomes.push(outcome);
    }
    await ledger.endKeys(
      outcomes.map(({ resourceId }) => keyOf(resourceId)),
      outcomes,
    );
  }
  return ledger.outcomes().filter(({ action, status }) => action === ACTION && status === 'done').length;
}

/** What an earlier round began and is shared no more was let go by it. */
async function settleInterrupted({ ledger }: RoundRequest, images: readonly Image[]): Promise<void> {
  const there = new Set<string>(images.map(({ imageId }) => imageId));
  for (const { pass, key } of ledger.unsettled()) {
    const resourceId = key.slice(ACTION.length + 1);
    if (pass !== COUNTED || there.has(resourceId)) continue;
    const reason = 'the round that did it ended before it could say so';
    await ledger.settle(COUNTED, [{ action: ACTION, resourceId, status: 'done', reason }]);
  }
}

async function cancel(ec2: EC2Client, resourceId: string): Promise<Outcome> {
  const about = { action: ACTION, resourceId } as const;
  try {
    const { $metadata } = await ec2.send(new CancelImageLaunchPermissionCommand({ ImageId: resourceId }));
    return { ...about, status: 'done', ...($metadata.requestId !== undefined && { requestId: $metadata.requestId }) };
  } catch (error) {
    const { kind, code, sentence } = failureOf(error);
    if (kind === 'not-found') return { ...about, status: 'done', reason: 'it was not shared any more' };
    if (code === 'OperationNotPermitted') {
      const reason = 'it is shared with the organization or a unit of it, which an account can’t give up';
      return { ...about, status: 'skipped', reason };
    }
    return { ...about, status: 'failed', reason: sentence };
  }
}

/** Images of others that the account may launch, by a permission of its own or its organization's; public ones are left out. */
async function readShared(ec2: EC2Client, accountId: string): Promise<Image[]> {
  const images: Image[] = [];
  const texts = new StringInterner();
  const answers = pages(
    (NextToken) =>
      ec2.send(
        new DescribeImagesCommand({ ExecutableUsers: ['self'], IncludeDeprecated: true, MaxResults: 1000, NextToken }),
      ),
    (page) => page.NextToken,
  );
  for await (const page of answers) images.push(...listOf(page.Images, 'Images').map((image) => imageOf(image, texts)));
  return images.filter(({ ownerId, isPublic }) => ownerId !== accountId && !isPublic);
}

function sinceOf(shared: readonly SharedImage[]): [string, string][] {
  return shared.flatMap(({ imageId, unusedSince }): [string, string][] =>
    unusedSince === undefined ? [] : [[imageId, unusedSince]],
  );
}

function keyOf(imageId: string): string {
  return `${ACTION} ${imageId}`;
}
