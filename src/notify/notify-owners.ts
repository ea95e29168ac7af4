import { failureOf } from '../aws/errors.ts';
import type { Target } from '../model/account.ts';
import type { Notice } from '../model/notice.ts';
import type { Plan } from '../model/plan.ts';
import { type Policy, rulesByName } from '../model/policy.ts';
import type { Mode } from '../model/run.ts';
import { dueNotices } from '../plan/notices.ts';
import { noticeOf } from '../report/notifications.ts';
import type { Report } from '../report/report.ts';
import type { About, Confirmed, Delivered, DeliverOptions, Delivery, OwnedNotification } from './delivery.ts';
import type { NotificationItem } from './notifications.ts';

/** What owners heard of runs that acted, so that they hear of each outcome once. */
export interface DeliveredOutcomes {
  readonly wasDelivered: (auditKey: string, imageId: string) => boolean;
  readonly delivered: (auditKey: string, imageIds: readonly string[]) => Promise<void>;
}

/** What the owners of one account's images are to hear, or of many accounts'. */
export interface OwnersRequest extends Pick<DeliverOptions, 'unfinishedSince' | 'isRecorded'> {
  readonly mode: Mode;
  readonly policy: Policy;
  readonly items: readonly NotificationItem[];
  readonly about: About;
  readonly clock: () => Date;
  /** Records what owners of an account and Region were told; gives what could not be recorded, in sentences. */
  readonly record: (target: Target, notices: readonly Notice[], at: Date) => Promise<readonly string[]>;
  /** Which outcomes of earlier runs owners heard of; absent where nobody keeps that. */
  readonly outcomes?: DeliveredOutcomes;
}

/** What came of it. */
export interface OwnersNotified extends Delivered {
  /** Delivered and not recorded, so that it is delivered again, in sentences. */
  readonly unrecorded: readonly string[];
}

/**
 * Notifies each owner once of all their images, and records message by message what was certainly delivered: an image
 * that no one was told of stays.
 */
export async function notifyOwners(request: OwnersRequest, delivery: Delivery): Promise<OwnersNotified> {
  const { mode, policy, items, about, clock, record, outcomes } = request;
  if (items.length === 0 || !notifiesOwners(mode, policy))
    return { delivered: [], undelivered: [], messages: 0, problems: [], unrecorded: [] };
  const unrecorded = new Set<string>();
  const onDelivered = async ({ items: confirmed, at = clock() }: Confirmed): Promise<void> => {
    if (mode !== 'enforce') return;
    const notices = confirmed.flatMap((item) => (item.kind === 'notice' ? [item.notice] : []));
    for (const [target, list] of Map.groupBy(notices, ({ accountId, region }) => `${accountId} ${region}`)) {
      const [accountId = '', region = ''] = target.split(' ');
      for (const problem of await record({ accountId, region }, list, at)) unrecorded.add(problem);
    }
    const actions = confirmed.flatMap(({ kind, notice }) => (kind === 'action' ? [notice] : []));
    try {
      for (const [auditKey, list] of Map.groupBy(actions, (notice) => notice.auditKey)) {
        const imageIds = list.map(({ imageId }) => imageId);
        if (auditKey !== undefined) await outcomes?.delivered(auditKey, imageIds);
      }
    } catch (error) {
      const { sentence } = failureOf(error);
      unrecorded.add(`What was done is told again, since that it was told could not be recorded: ${sentence}`);
    }
  };
  const result = await delivery.notifyOwners(byOwner(items), about, { ...request, onDelivered });
  return { ...result, unrecorded: [...unrecorded] };
}

/** Whether owners hear anything: of a dry run only where the policy says so. */
export function notifiesOwners(mode: Mode, { notify }: Policy): boolean {
  return mode === 'enforce' || notify?.tellOwnersOnDryRun === true;
}

/** What owners are to hear of what a plan holds for their images, as its report explains it. */
export function noticesOf(plan: Plan, policy: Policy, report: Report): Notice[] {
  const images = new Map(report.images.map((image) => [image.imageId, image]));
  const rules = rulesByName(policy);
  return dueNotices(plan, policy).flatMap((due) => {
    const { decision } = due;
    const { imageId } = decision.image;
    const image = images.get(imageId);
    const { snapshots = 'keep' } = rules.get(decision.rule) ?? {};
    return image === undefined ? [] : [noticeOf(due, imageId, image, plan.target, snapshots)];
  });
}

/** Everything under the owner tag of its image. */
export function byOwner(items: readonly NotificationItem[]): OwnedNotification[] {
  return [...Map.groupBy(items, ({ notice }) => notice.owner)].map(([owner, list]) => ({ owner, items: list }));
}
