import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { type ClockReading, requireClock } from '../model/clock.ts';
import { type JournalReading, NO_JOURNAL } from '../model/journal.ts';
import type { ActionNotice, Notice } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, RunInfo } from '../model/run.ts';
import { type AccountReader, readWithDetails } from '../observe/account-reader.ts';
import { makePlan } from '../plan/make-plan.ts';
import { dueNotices } from '../plan/notices.ts';
import { actionNoticesOf, noticeOf, planLines, runProblemsOf } from '../report/notifications.ts';
import { buildReport, type Report } from '../report/report.ts';
import type { Confirmed, Delivery, OwnedNotification } from './delivery.ts';
import type { Notification, NotificationItem } from './notifications.ts';
import { recordAnnounced } from './record-announced.ts';

/** One Region that owners are told of. */
export interface Place {
  readonly region: string;
  readonly reader: AccountReader;
  /** Where announcements are written down; absent in a dry run. */
  readonly ec2?: EC2Client;
  /** Where announcements are proved; absent where nobody keeps a journal, and in a dry run. */
  readonly journal?: JournalWriter | undefined;
}

/** What owners were told of runs that acted, so that they hear of each outcome once. */
interface ToldOutcomes {
  readonly wasTold: (auditKey: string, imageId: string) => boolean;
  readonly tell: (auditKey: string, imageIds: readonly string[]) => Promise<void>;
}

/** What telling owners needs. */
export interface AnnounceRequest {
  readonly runId: string;
  readonly mode: Mode;
  readonly policy: Policy;
  readonly policySource: RunInfo['policy'];
  /** The time that is planned for. */
  readonly at: Date;
  /** Tells when a message was delivered. */
  readonly clock: () => Date;
  readonly places: readonly Place[];
  /** Reports of runs that acted, whose outcomes owners hear of too; by the key of its audit records a run is told once. */
  readonly acted: readonly (Report & { readonly auditKey?: string })[];
  /** What could not be read of them, in sentences. */
  readonly troubles?: readonly string[];
  /** Which of those outcomes owners heard of; absent where nobody marks that. */
  readonly outcomes?: ToldOutcomes;
  /** Since when an earlier telling may have told what nobody wrote down; absent where there is none such. */
  readonly unfinishedSince?: Date;
  /** Where people open the newest report of an account. */
  readonly reportUrl?: (accountId: string) => string;
}

/** What there is to tell, of all Regions together. */
export interface Gathered {
  readonly news: readonly OwnedNotification[];
  readonly about: Omit<Notification, 'entries' | 'showsOwners'>;
  readonly troubles: readonly string[];
  readonly lines: readonly string[];
  /** Whether a dry run found anything that it would do. */
  readonly wouldAct: boolean;
  /** Each Region's journal, as it was before anything was told. */
  readonly journals: ReadonlyMap<string, JournalReading>;
  /** How the clock compares with AWS's; absent where no Region could be read. */
  readonly clock?: ClockReading;
}

/** How telling owners ended. */
export interface Announced {
  readonly runId: string;
  readonly mode: Mode;
  /** Images that stood in a message that was certainly delivered. */
  readonly announced: number;
  /** Images whose owners could not be told; they are told in the next run, and stay until then. */
  readonly untold: number;
  readonly messages: number;
  readonly problems: readonly string[];
  /** The audit keys of runs of which there is nothing more to tell. */
  readonly toldRuns: readonly string[];
  /** False where a message may have come through that nobody wrote down. */
  readonly isCertain: boolean;
}

/** Looks at every Region and finds out whom to tell what. A Region that can't be looked at is a trouble, and no more. */
export async function gatherNotifications(request: AnnounceRequest): Promise<Gathered> {
  const { runId, mode, policy, at, acted } = request;
  const reports: Report[] = [];
  const notices: Notice[] = [];
  const troubles: string[] = [];
  const journals = new Map<string, JournalReading>();
  let clock: ClockReading | undefined;
  for (const { region, reader } of request.places) {
    try {
      const account = await readWithDetails(reader, policy, at);
      const plan = makePlan(account, policy, at);
      clock ??= account.clock;
      journals.set(region, account.journal);
      const info = { runId, mode: 'dry-run' as const, policy: request.policySource };
      const report = buildReport({ run: info, plan, outcomes: [], ownerTag: policy.owners.tag });
      const images = new Map(report.images.map((image) => [image.imageId, image]));
      reports.push(report);
      for (const wanted of dueNotices(plan, policy)) {
        const image = images.get(wanted.decision.image.imageId);
        if (image !== undefined) notices.push(noticeOf(wanted, wanted.decision.image.imageId, image, plan.target));
      }
    } catch (error) {
      troubles.push(`${region}: ${failureOf(error).sentence}`);
    }
  }
  const accountId = (reports[0] ?? acted[0])?.target.accountId;
  const reportUrl = accountId === undefined ? undefined : request.reportUrl?.(accountId);
  return {
    news: byOwner(
      notices,
      acted.flatMap(actionNoticesOf).filter((one) => isNews(one, request.outcomes)),
    ),
    about: {
      runId,
      accountId: accountId ?? 'unknown',
      isDryRun: mode === 'dry-run',
      ...(reportUrl !== undefined && { reportUrl }),
    },
    troubles: [...troubles, ...(request.troubles ?? []), ...[...reports, ...acted].flatMap(runProblemsOf)],
    lines: reports.flatMap(planLines),
    wouldAct: reports.some(({ passes }) => passes.some(({ actions }) => actions.length > 0)),
    journals,
    ...(clock && { clock }),
  };
}

/**
 * Tells owners what is to come, and the platform's people how that went. Only what was certainly delivered is written
 * down as announced: an image that no one was told of stays.
 * @throws ClockError where the dates that owners would be told can't be relied on; nobody was told then
 */
export async function announce(request: AnnounceRequest, delivery: Delivery): Promise<Announced> {
  const { runId, mode, policy } = request;
  const gathered = await gatherNotifications(request);
  if (mode === 'enforce') requireClock(gathered.clock);
  const { news, about } = gathered;
  const tellsOwners = mode === 'enforce' || policy.notify?.tellOwnersOnDryRun === true;
  const nobody = { shown: [], untold: [], messages: 0, problems: [] };
  const unwritten: string[] = [];
  const onDelivered = async (confirmed: Confirmed): Promise<void> => {
    if (mode === 'enforce') unwritten.push(...(await writeDown(request, gathered, confirmed)));
  };
  const { unfinishedSince } = request;
  const isRecorded = (entry: NotificationItem, at: Date) => wasRecorded(gathered, entry, at);
  const options = { onDelivered, isRecorded, ...(unfinishedSince && { unfinishedSince }) };
  const told = tellsOwners && news.length > 0 ? await delivery.notifyOwners(news, about, options) : nobody;
  const troubles = [...gathered.troubles, ...told.problems, ...new Set(unwritten)];
  const announced = told.shown.filter(({ kind }) => kind === 'notice').length;
  const summary = {
    runId,
    accountId: about.accountId,
    isDryRun: about.isDryRun,
    troubles,
    lines: [...gathered.lines, toldLine(news, told.shown, tellsOwners)],
    ...(about.reportUrl !== undefined && { reportUrl: about.reportUrl }),
  };
  const isNew = troubles.length > 0 || news.length > 0 || (about.isDryRun && gathered.wouldAct);
  const failure = isNew ? await delivery.tellPlatform(summary) : undefined;
  const problems =
    failure === undefined ? troubles : [...troubles, `The platform channel could not be told: ${failure}.`];
  const open = new Set(told.untold.flatMap((entry) => (entry.kind === 'happening' ? entry.happening.auditKey : [])));
  const isTold = mode === 'enforce' && failure === undefined;
  const toldRuns = request.acted.flatMap(({ auditKey }) =>
    isTold && auditKey !== undefined && !open.has(auditKey) ? [auditKey] : [],
  );
  const isCertain = told.untold.length === 0 && unwritten.length === 0;
  return { runId, mode, announced, untold: told.untold.length, messages: told.messages, problems, toldRuns, isCertain };
}

/** Slack's clock and this one differ. */
const CLOCKS_APART = 60_000;

/** Whether an announcement stands in the journal that is not older than a message which told of the image. */
function wasRecorded({ journals }: Gathered, entry: NotificationItem, at: Date): boolean {
  if (entry.kind === 'happening') return false;
  const { region, imageId, isReminder } = entry.notice;
  const journal = journals.get(region);
  const announced = journal?.status === 'read' ? journal.images.get(imageId)?.announced : undefined;
  const recordedAt = isReminder ? announced?.remindedAt : announced?.at;
  return recordedAt !== undefined && recordedAt.getTime() >= at.getTime() - CLOCKS_APART;
}

function isNews({ auditKey, imageId }: ActionNotice, outcomes: ToldOutcomes | undefined): boolean {
  return auditKey === undefined || outcomes?.wasTold(auditKey, imageId) !== true;
}

/** Writes one message's announcements down; says what could not be written, and throws nothing. */
async function writeDown(
  { places, clock, outcomes }: AnnounceRequest,
  { journals }: Gathered,
  { entries, at = clock() }: Confirmed,
): Promise<string[]> {
  const notices = entries.flatMap((entry) => (entry.kind === 'notice' ? [entry.notice] : []));
  const problems: string[] = [];
  for (const { region, ec2, journal } of places) {
    if (ec2 === undefined) continue;
    const place = { ec2, write: journal?.write, before: journals.get(region) ?? NO_JOURNAL };
    const here = notices.filter((notice) => notice.region === region);
    problems.push(...(await recordAnnounced(place, here, at)));
  }
  problems.push(...(await markTold(outcomes, entries)));
  return problems;
}

async function markTold(outcomes: ToldOutcomes | undefined, entries: readonly NotificationItem[]): Promise<string[]> {
  const told = entries.flatMap((entry) => (entry.kind === 'happening' ? [entry.happening] : []));
  try {
    for (const [auditKey, list] of Map.groupBy(told, (happening) => happening.auditKey)) {
      if (auditKey !== undefined)
        await outcomes?.tell(
          auditKey,
          list.map(({ imageId }) => imageId),
        );
    }
    return [];
  } catch (error) {
    return [`What was done is told again, since that it was told could not be recorded: ${failureOf(error).sentence}`];
  }
}

function byOwner(notices: readonly Notice[], happenings: readonly ActionNotice[]): OwnedNotification[] {
  const entries: NotificationItem[] = [
    ...notices.map((notice): NotificationItem => ({ kind: 'notice', notice })),
    ...happenings.map((happening): NotificationItem => ({ kind: 'happening', happening })),
  ];
  const owned = Map.groupBy(entries, (entry) => (entry.kind === 'notice' ? entry.notice : entry.happening).owner);
  return [...owned].map(([owner, list]) => ({ owner, entries: list }));
}

function toldLine(
  news: readonly OwnedNotification[],
  shown: readonly NotificationItem[],
  tellsOwners: boolean,
): string {
  const all = news.reduce((sum, { entries }) => sum + entries.length, 0);
  if (!tellsOwners) return `Owners were not told of ${all} images: this is a dry run.`;
  return `Owners were told of ${shown.length} of ${all} images.`;
}
