import * as z from 'zod';
import { failureOf } from '../../aws/errors.ts';
import { JournalReader } from '../../journal/reader.ts';
import { JournalWriter } from '../../journal/writer.ts';
import type { Notice } from '../../model/notice.ts';
import type { Delivery } from '../../notify/delivery.ts';
import type { NotificationItem } from '../../notify/notifications.ts';
import { notifiesOwners, notifyOwners } from '../../notify/notify-owners.ts';
import { type AnnouncementTarget, recordAnnounced } from '../../notify/record-announced.ts';
import { targetNotifications } from '../act/target-result.ts';
import type { RunContext } from '../run.ts';
import { OBJECT, type RegionTarget, regionTargetName } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';
import { type Member, openMember } from '../targets/member.ts';
import { forEachTarget, readTargets } from '../targets/targets.ts';

/** What notifying the owners of all targets' images takes. */
export interface NotifyOwnersRequest extends Omit<RunContext, 'logger'> {
  readonly delivery: Delivery;
  readonly ownAccountId: string;
  /** Where the organization's summary is opened. */
  readonly reportUrl: string;
}

/** How notifying them ended, as an object of the run holds it. */
export const ownersNotified = z.object({
  announced: z.number(),
  untold: z.number(),
  messages: z.number(),
  news: z.number(),
  problems: z.array(z.string()),
});
export type OwnersNotified = Readonly<z.output<typeof ownersNotified>>;

const begunSchema = z.object({ startedAt: date });

/**
 * Notifies each owner once of all their images in all targets. A second attempt finds in the conversations what the
 * first one delivered and did not record.
 */
export async function notifyAllOwners(request: NotifyOwnersRequest): Promise<OwnersNotified> {
  const { run, store, delivery, ownAccountId: accountId, clock, reportUrl } = request;
  const { policy, mode } = run;
  const known = await store.readJson(OBJECT.notified, ownersNotified);
  if (known !== undefined) return known;
  const items = await readItems(store);
  const begun = await store.readJson(OBJECT.notifying, begunSchema);
  if (begun === undefined && notifiesOwners(mode, policy))
    await store.writeJson(OBJECT.notifying, { startedAt: clock().toISOString() } satisfies z.input<typeof begunSchema>);
  const members = new Map<string, Promise<Member>>();
  const record = recorder(request, members);
  try {
    const about = { runId: run.runId, accountId, isDryRun: mode === 'dry-run', reportUrl };
    const unfinished = begun && { unfinishedSince: begun.startedAt };
    const result = await notifyOwners({ mode, policy, items, about, clock, record, ...unfinished }, delivery);
    const answer: OwnersNotified = {
      announced: result.delivered.filter(({ kind }) => kind === 'notice').length,
      untold: result.undelivered.length,
      messages: result.messages,
      news: items.length,
      problems: [...result.problems, ...result.unrecorded],
    };
    await store.writeJson(OBJECT.notified, answer);
    return answer;
  } finally {
    for (const member of members.values()) void member.then(({ destroy }) => destroy()).catch(() => {});
  }
}

/** In the order of the targets, so that a second attempt makes the same messages. */
async function readItems(store: Store): Promise<NotificationItem[]> {
  const items = await forEachTarget(await readTargets(store), async (target): Promise<NotificationItem[]> => {
    const { notices = [], happenings = [] } = (await store.readJson(OBJECT.notices(target), targetNotifications)) ?? {};
    return [
      ...notices.map((notice) => ({ kind: 'notice' as const, notice })),
      ...happenings.map((notice) => ({ kind: 'action' as const, notice })),
    ];
  });
  return items.flat();
}

/**
 * Records what was delivered: what fails in one account harms no other, and its images are announced again.
 * @param members takes the accounts that are opened for it
 */
function recorder(request: NotifyOwnersRequest, members: Map<string, Promise<Member>>) {
  const { home, run, store, clock } = request;
  const targets = new Map<string, Promise<AnnouncementTarget>>();
  const open = async (target: RegionTarget): Promise<AnnouncementTarget> => {
    const { accountId, region } = target;
    const member = members.get(accountId) ?? openMember(request, accountId, 'act');
    members.set(accountId, member);
    const reader = new JournalReader({ s3: home.s3, bucket: store.bucket });
    const before = await reader.read(target);
    if (before.status === 'unreadable') throw new Error(`the journal: ${before.error}`);
    const { write } = new JournalWriter({ reader, runId: run.runId, clock });
    return { ec2: (await member).at(region).ec2, write, before };
  };
  return async (target: RegionTarget, notices: readonly Notice[], at: Date): Promise<string[]> => {
    const name = regionTargetName(target);
    try {
      const opened = targets.get(name) ?? open(target);
      targets.set(name, opened);
      return (await recordAnnounced(await opened, notices, at)).map((problem) => `${name}: ${problem}`);
    } catch (error) {
      return [`${name}: images are announced again, since that could not be recorded: ${failureOf(error).sentence}`];
    }
  };
}
