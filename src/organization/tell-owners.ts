import * as z from 'zod';
import type { Clients } from '../aws/clients.ts';
import type { Notice } from '../model/notice.ts';
import { tagAnnounced } from '../notify/announced-tag.ts';
import type { Delivery, OwnedNews } from '../notify/delivery.ts';
import type { Entry } from '../notify/news.ts';
import { inBatches, placesOf } from './join-places.ts';
import { type MemberSettings, openMember, sentenceOf } from './member.ts';
import { placeNews } from './news.ts';
import { OBJECT, type Place, placeName, placeOf } from './places.ts';
import type { OrganizationRun } from './run-record.ts';
import type { Store } from './store.ts';
import { targetRows } from './targets.ts';

/** What telling the owners of all targets' images takes. */
export interface TellRequest {
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
export const toldSchema = z.object({
  announced: z.number(),
  untold: z.number(),
  messages: z.number(),
  news: z.number(),
  problems: z.array(z.string()),
});
export type Told = Readonly<z.output<typeof toldSchema>>;

/**
 * Tells each owner once of all their images in all targets, and writes on the images that were certainly announced that
 * they were: what no one was told of stays.
 */
export async function tellOwners(request: TellRequest): Promise<Told> {
  const { run, store, delivery, ownAccountId, clock, reportUrl } = request;
  const { runId, mode } = run.record;
  const known = await store.readJson(OBJECT.told, toldSchema);
  if (known !== undefined) return known;
  const entries = await readEntries(store);
  const owned = byOwner(entries);
  const tells = mode === 'enforce' || run.policy.notify?.tellOwnersOnDryRun === true;
  const about = { runId, accountId: ownAccountId, isDryRun: mode === 'dry-run', reportUrl };
  const told =
    tells && owned.length > 0
      ? await delivery.tellOwners(owned, about)
      : { shown: [], untold: [], messages: 0, problems: [] };
  const untagged = mode === 'enforce' ? await writeDown(request, told.shown, clock()) : [];
  const answer: Told = {
    announced: told.shown.filter(({ kind }) => kind === 'notice').length,
    untold: told.untold.length,
    messages: told.messages,
    news: entries.length,
    problems: [...told.problems, ...untagged],
  };
  await store.writeJson(OBJECT.told, answer);
  return answer;
}

async function readEntries(store: Store): Promise<Entry[]> {
  const places = placesOf(await store.needJson(OBJECT.targets, targetRows));
  const found = new Map<string, Entry[]>();
  await inBatches(places, async (place) => {
    const news = await store.readJson(OBJECT.notices(place), placeNews);
    const entries = [
      ...(news?.notices ?? []).map((notice): Entry => ({ kind: 'notice', notice })),
      ...(news?.happenings ?? []).map((happening): Entry => ({ kind: 'happening', happening })),
    ];
    found.set(placeName(place), entries);
  });
  // In the order of the targets, so that a second try makes the same messages.
  return places.flatMap((place) => found.get(placeName(place)) ?? []);
}

function byOwner(entries: readonly Entry[]): OwnedNews[] {
  const owned = Map.groupBy(entries, (entry) => (entry.kind === 'notice' ? entry.notice : entry.happening).owner);
  return [...owned].map(([owner, list]) => ({ owner, entries: list }));
}

/** One account after the other: what fails in one harms no other, and its images are announced again. */
async function writeDown(request: TellRequest, shown: readonly Entry[], at: Date): Promise<string[]> {
  const notices = shown.flatMap((entry) => (entry.kind === 'notice' ? [entry.notice] : []));
  const problems: string[] = [];
  const byPlace = [...Map.groupBy(notices, placeName)];
  await inBatches(byPlace, async ([name, here]) => {
    const place = placeOf(name);
    try {
      for (const problem of await tagIn(request, place, here, at)) problems.push(`${name}: ${problem}`);
    } catch (error) {
      problems.push(
        `${name}: ${here.length} images are announced again, since they could not be tagged: ${sentenceOf(error)}`,
      );
    }
  });
  return problems;
}

async function tagIn(request: TellRequest, place: Place, notices: readonly Notice[], at: Date): Promise<string[]> {
  const { home, settings, run, clock } = request;
  const { accountId, region } = place;
  const { runId } = run.record;
  const member = await openMember({ sts: home.sts, settings, accountId, duty: 'act', runId, clock });
  try {
    return await tagAnnounced(member.at(region).ec2, notices, at);
  } finally {
    member.destroy();
  }
}
