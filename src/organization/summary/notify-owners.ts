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
import type { OrganizationRun, RunContext } from '../run.ts';
import { OBJECT, type RegionTarget, regionTargetName } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { type Member, openMember } from '../targets/member.ts';
import { forEachTarget, targetRows, targetsOf } from '../targets/targets.ts';
import { ToldLedger } from './told.ts';

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

/**
 * Notifies each owner once of all their images in all targets. What goes out is written down message by message; a later
 * attempt tells what is left, and looks in the conversations for what may have arrived.
 * @throws LockedError where another invocation of the run is telling
 */
export async function notifyAllOwners(request: NotifyOwnersRequest): Promise<OwnersNotified> {
  const { run, store, delivery, ownAccountId: accountId, clock, reportUrl } = request;
  const { policy, mode } = run;
  const { items, critical, accountNames } = await readNotifications(store, run);
  const known = await store.readJson(OBJECT.notified, ownersNotified);
  // Targets that were acted on after all may have more to tell than there was.
  if (known?.news === items.length) return known;
  if (!notifiesOwners(mode, policy))
    return finish(store, { announced: 0, untold: 0, messages: 0, news: items.length, problems: [] });
  const ledger = await ToldLedger.open(store, clock());
  const members = new Map<string, Promise<Member>>();
  const record = recorder(request, members);
  try {
    const about = {
      runId: run.runId,
      accountId,
      accountNames,
      isOrganization: true,
      isDryRun: mode === 'dry-run',
      ownerTag: policy.owners.tag,
      undo: policy.undo,
      critical,
      reportUrl,
    };
    const { unfinishedSince } = ledger;
    const left = items.filter((item) => !ledger.isTold(item));
    const result = await notifyOwners(
      { mode, policy, items: left, about, clock, record, ...(unfinishedSince && { unfinishedSince }) },
      writtenDown(delivery, ledger),
    );
    const told = [...items.filter((item) => ledger.isTold(item)), ...result.delivered];
    return await finish(store, {
      announced: told.filter(({ kind }) => kind === 'notice').length,
      untold: result.undelivered.length,
      messages: (known?.messages ?? 0) + result.messages,
      news: items.length,
      problems: [...result.problems, ...result.unrecorded],
    });
  } finally {
    for (const member of members.values()) void member.then(({ destroy }) => destroy()).catch(() => {});
    await ledger.close(clock());
  }
}

async function finish(store: Store, answer: OwnersNotified): Promise<OwnersNotified> {
  await store.writeJson(OBJECT.notified, answer);
  return answer;
}

/** A way of notifying people that writes down each message before it goes out, and once it has arrived. */
function writtenDown(delivery: Delivery, ledger: ToldLedger): Delivery {
  const onSending = (items: readonly NotificationItem[]) =>
    ledger.begin(items).then(
      () => undefined,
      (error: unknown) => `what goes out could not be written down, so nothing does: ${failureOf(error).sentence}`,
    );
  return {
    ...delivery,
    notifyOwners: (notifications, about, options) =>
      delivery.notifyOwners(notifications, about, {
        ...options,
        onSending,
        wasBegun: ledger.wasBegun,
        onDelivered: async (confirmed) => {
          await options.onDelivered(confirmed);
          // Where that fails a later attempt looks for it, or leaves it to the next run.
          await ledger.end(confirmed.items).catch(() => undefined);
        },
      }),
  };
}

/** In the order of the targets, so that a second attempt makes the same messages. */
async function readNotifications(store: Store, run: OrganizationRun) {
  const rows = await store.needJson(OBJECT.targets, targetRows, run.sha256.targets);
  const accountNames = new Map(rows.flatMap(({ accountId, name }) => (name === undefined ? [] : [[accountId, name]])));
  const all = await forEachTarget(targetsOf(rows), async (target) => {
    const read = await store.readJson(OBJECT.notices(target), targetNotifications);
    const { notices = [], happenings = [], critical = [] } = read ?? {};
    const items: NotificationItem[] = [
      ...notices.map((notice) => ({ kind: 'notice' as const, notice })),
      ...happenings.map((notice) => ({ kind: 'action' as const, notice })),
    ];
    return { items, critical };
  });
  return {
    items: all.flatMap(({ items }) => items),
    critical: all.flatMap(({ critical }) => critical),
    accountNames,
  };
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
