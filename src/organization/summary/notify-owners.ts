import * as z from 'zod';
import type { Clients } from '../../aws/clients.ts';
import { JournalReader } from '../../journal/reader.ts';
import { JournalWriter } from '../../journal/writer.ts';
import type { Confirmed, Delivery, OwnedNotification } from '../../notify/delivery.ts';
import type { NotificationItem } from '../../notify/notifications.ts';
import { type AnnouncementTarget, recordAnnounced } from '../../notify/record-announced.ts';
import { inBatches, placesOf } from '../join/join-targets.ts';
import type { OrganizationRun } from '../run-record.ts';
import { OBJECT, type RegionTarget, regionTargetName, regionTargetOf } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { type Member, type MemberSettings, openMember, sentenceOf } from '../targets/member.ts';
import { targetRows } from '../targets/targets.ts';
import { targetNotifications } from './notifications.ts';

/** What telling the owners of all targets' images takes. */
export interface NotifyOwnersRequest {
  readonly run: OrganizationRun;
  readonly store: Store;
  readonly home: Clients;
  readonly settings: MemberSettings;
  readonly delivery: Delivery;
  readonly ownAccountId: string;
  readonly clock: () => Date;
  /** Where the organisation's summary is opened. */
  readonly reportUrl: string;
}

/** How telling them ended. */
export const deliveredSchema = z.object({
  announced: z.number(),
  untold: z.number(),
  messages: z.number(),
  news: z.number(),
  problems: z.array(z.string()),
});
export type Delivered = Readonly<z.output<typeof deliveredSchema>>;

const tellingSchema = z.object({ startedAt: z.iso.datetime().transform((text) => new Date(text)) });

/**
 * Tells each owner once of all their images in all targets, and writes on the images that were certainly announced that
 * they were, message by message: what no one was told of stays. A second try finds in the conversations what the first
 * one told and did not write down.
 */
export async function notifyOwners(request: NotifyOwnersRequest): Promise<Delivered> {
  const { run, store, delivery, ownAccountId, clock, reportUrl } = request;
  const { runId, mode } = run.record;
  const known = await store.readJson(OBJECT.told, deliveredSchema);
  if (known !== undefined) return known;
  const entries = await readEntries(store);
  const owned = byOwner(entries);
  const tells = mode === 'enforce' || run.policy.notify?.tellOwnersOnDryRun === true;
  const about = { runId, accountId: ownAccountId, isDryRun: mode === 'dry-run', reportUrl };
  const before = await store.readJson(OBJECT.telling, tellingSchema);
  if (before === undefined && tells)
    await store.writeJson(OBJECT.telling, { startedAt: clock().toISOString() } satisfies z.input<typeof tellingSchema>);
  const writing = new Writing(request);
  try {
    const told =
      tells && owned.length > 0
        ? await delivery.notifyOwners(owned, about, {
            onDelivered: (confirmed) => writing.write(confirmed),
            ...(before && { unfinishedSince: before.startedAt }),
          })
        : { shown: [], untold: [], messages: 0, problems: [] };
    const answer: Delivered = {
      announced: told.shown.filter(({ kind }) => kind === 'notice').length,
      untold: told.untold.length,
      messages: told.messages,
      news: entries.length,
      problems: [...told.problems, ...writing.problems],
    };
    await store.writeJson(OBJECT.told, answer);
    return answer;
  } finally {
    writing.destroy();
  }
}

async function readEntries(store: Store): Promise<NotificationItem[]> {
  const places = placesOf(await store.needJson(OBJECT.targets, targetRows));
  const found = new Map<string, NotificationItem[]>();
  await inBatches(places, async (place) => {
    const news = await store.readJson(OBJECT.notices(place), targetNotifications);
    const entries = [
      ...(news?.notices ?? []).map((notice): NotificationItem => ({ kind: 'notice', notice })),
      ...(news?.happenings ?? []).map((happening): NotificationItem => ({ kind: 'happening', happening })),
    ];
    found.set(regionTargetName(place), entries);
  });
  // In the order of the targets, so that a second try makes the same messages.
  return places.flatMap((place) => found.get(regionTargetName(place)) ?? []);
}

function byOwner(entries: readonly NotificationItem[]): OwnedNotification[] {
  const owned = Map.groupBy(entries, (entry) => (entry.kind === 'notice' ? entry.notice : entry.happening).owner);
  return [...owned].map(([owner, list]) => ({ owner, entries: list }));
}

/** Writes down what messages told: what fails in one account harms no other, and its images are announced again. */
class Writing {
  readonly #request: NotifyOwnersRequest;
  readonly #members = new Map<string, Promise<Member>>();
  readonly #places = new Map<string, Promise<AnnouncementTarget>>();
  readonly #problems = new Set<string>();

  constructor(request: NotifyOwnersRequest) {
    this.#request = request;
  }

  get problems(): string[] {
    return [...this.#problems];
  }

  async write({ entries, at = this.#request.clock() }: Confirmed): Promise<void> {
    if (this.#request.run.record.mode !== 'enforce') return;
    const notices = entries.flatMap((entry) => (entry.kind === 'notice' ? [entry.notice] : []));
    for (const [name, here] of Map.groupBy(notices, regionTargetName)) {
      try {
        const place = this.#places.get(name) ?? this.#open(regionTargetOf(name));
        this.#places.set(name, place);
        for (const problem of await recordAnnounced(await place, here, at)) this.#problems.add(`${name}: ${problem}`);
      } catch (error) {
        this.#problems.add(
          `${name}: images are announced again, since that could not be recorded: ${sentenceOf(error)}`,
        );
      }
    }
  }

  destroy(): void {
    for (const member of this.#members.values()) {
      void member.then(
        (one) => one.destroy(),
        () => {},
      );
    }
  }

  async #open({ accountId, region }: RegionTarget): Promise<AnnouncementTarget> {
    const { home, settings, run, store, clock } = this.#request;
    const { runId } = run.record;
    const member =
      this.#members.get(accountId) ?? openMember({ sts: home.sts, settings, accountId, duty: 'act', runId, clock });
    this.#members.set(accountId, member);
    const reader = new JournalReader({ s3: home.s3, bucket: store.bucket });
    const before = await reader.read({ accountId, region });
    if (before.status === 'unreadable') throw new Error(`the journal: ${before.error}`);
    const { write } = new JournalWriter({ reader, runId, clock });
    return { ec2: (await member).at(region).ec2, write, before };
  }
}
