import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { Account } from '../model/account.ts';
import { requireClock } from '../model/clock.ts';
import { NO_JOURNAL } from '../model/journal.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, RunInfo } from '../model/run.ts';
import { type AccountReader, readWithDetails } from '../observe/account-reader.ts';
import { applyLimits } from '../plan/make-plan.ts';
import { actionNoticesOf, criticalImagesOf, planLines, runProblemsOf } from '../report/notifications.ts';
import { buildReport, type Report } from '../report/report.ts';
import type { About, Delivery } from './delivery.ts';
import type { NotificationItem } from './notifications.ts';
import { type DeliveredOutcomes, noticesOf, notifiesOwners, notifyOwners } from './notify-owners.ts';
import { recordAnnounced } from './record-announced.ts';

/** One Region whose owners are notified. */
export interface NotifiedRegion {
  readonly region: string;
  readonly reader: AccountReader;
  /** Where announcements are tagged; absent in a dry run. */
  readonly ec2?: EC2Client;
  /** Where announcements are proved; absent where nobody keeps a journal, and in a dry run. */
  readonly journal?: JournalWriter | undefined;
}

/** What notifying the owners of one account needs. */
export interface AnnounceRequest {
  readonly runId: string;
  readonly mode: Mode;
  readonly policy: Policy;
  readonly policySource: RunInfo['policy'];
  /** The time that is planned for. */
  readonly at: Date;
  readonly clock: () => Date;
  readonly targets: readonly NotifiedRegion[];
  /** Reports of runs that acted, whose outcomes owners hear of too; the key of its audit records names a run. */
  readonly acted: readonly (Report & { readonly auditKey?: string })[];
  /** What could not be read of them, in sentences. */
  readonly problems?: readonly string[];
  /** Which of those outcomes owners heard of; absent where nobody keeps that. */
  readonly outcomes?: DeliveredOutcomes;
  /** Since when an earlier run may have delivered what nobody recorded; absent where there is none such. */
  readonly unfinishedSince?: Date;
  /** Where people open the newest report of an account. */
  readonly reportUrl?: (accountId: string) => string;
}

/** What there is to say, of all Regions together. */
export interface Gathered {
  readonly items: readonly NotificationItem[];
  readonly about: About;
  readonly problems: readonly string[];
  readonly lines: readonly string[];
  /** Whether a dry run found anything that it would do. */
  readonly wouldAct: boolean;
  /** Of each Region that could be read: its journal as it was before anything was delivered, and the clock by AWS's. */
  readonly accounts: ReadonlyMap<string, Pick<Account, 'journal' | 'clock'>>;
}

/** How notifying owners ended. */
export interface Announced {
  readonly runId: string;
  readonly mode: Mode;
  /** Images that stood in a message that was certainly delivered. */
  readonly announced: number;
  /** Images whose owners could not be notified; the next run notifies them, and the images stay until then. */
  readonly untold: number;
  readonly messages: number;
  readonly problems: readonly string[];
  /** The audit keys of runs of which there is nothing more to deliver. */
  readonly deliveredRuns: readonly string[];
  /** False where a message may have come through that nobody recorded. */
  readonly isCertain: boolean;
}

/** Reads every Region and finds whom to notify of what. A Region that can't be read is a problem, and no more. */
export async function gatherNotifications(request: AnnounceRequest): Promise<Gathered> {
  const { runId, mode, policy, policySource, at, acted, outcomes } = request;
  const reports: Report[] = [];
  const items: NotificationItem[] = [];
  const problems: string[] = [];
  const accounts = new Map<string, Pick<Account, 'journal' | 'clock'>>();
  for (const { region, reader } of request.targets) {
    try {
      const evaluation = await readWithDetails(reader, policy, at);
      const plan = applyLimits(evaluation);
      const run = { runId, mode: 'dry-run' as const, policy: policySource };
      const report = buildReport({ run, plan, outcomes: [], ownerTag: policy.owners.tag });
      const { journal, clock } = evaluation.account;
      accounts.set(region, { journal, ...(clock && { clock }) });
      reports.push(report);
      for (const notice of noticesOf(plan, policy, report)) items.push({ kind: 'notice', notice });
    } catch (error) {
      problems.push(`${region}: ${failureOf(error).sentence}`);
    }
  }
  for (const notice of acted.flatMap(actionNoticesOf)) {
    const { auditKey, imageId } = notice;
    if (auditKey === undefined || outcomes?.wasDelivered(auditKey, imageId) !== true)
      items.push({ kind: 'action', notice });
  }
  const accountNames = new Map(
    [...acted, ...reports].flatMap(({ target: { accountId: id, accountAlias } }) =>
      accountAlias === undefined ? [] : [[id, accountAlias]],
    ),
  );
  const accountId = (reports[0] ?? acted[0])?.target.accountId;
  const reportUrl = accountId === undefined ? undefined : request.reportUrl?.(accountId);
  return {
    items,
    about: {
      runId,
      accountId: accountId ?? 'unknown',
      isDryRun: mode === 'dry-run',
      ownerTag: policy.owners.tag,
      undo: policy.undo,
      critical: reports.flatMap(criticalImagesOf),
      accountNames,
      ...(reportUrl !== undefined && { reportUrl }),
    },
    problems: [...problems, ...(request.problems ?? []), ...[...reports, ...acted].flatMap(runProblemsOf)],
    lines: reports.flatMap(planLines),
    wouldAct: reports.some(({ passes }) => passes.some(({ actions }) => actions.length > 0)),
    accounts,
  };
}

/**
 * Notifies owners of what is to come and what was done, and the platform's people of how that went.
 * @throws ClockError where the dates that owners would hear can't be relied on; nobody was notified then
 */
export async function announce(request: AnnounceRequest, delivery: Delivery): Promise<Announced> {
  const { runId, mode, policy, targets } = request;
  const gathered = await gatherNotifications(request);
  const { items, about, accounts } = gathered;
  if (mode === 'enforce') requireClock([...accounts.values()].find(({ clock }) => clock !== undefined)?.clock);
  const result = await notifyOwners(
    {
      ...request,
      items,
      about,
      isRecorded: (item, at) => isRecorded(gathered, item, at),
      record: async ({ region }, notices, at) => {
        const { ec2, journal } = targets.find((target) => target.region === region) ?? {};
        const before = accounts.get(region)?.journal ?? NO_JOURNAL;
        return ec2 === undefined ? [] : recordAnnounced({ ec2, write: journal?.write, before }, notices, at);
      },
    },
    delivery,
  );
  const problems = [...gathered.problems, ...result.problems, ...result.unrecorded];
  const told = notifiesOwners(mode, policy)
    ? `Owners were told of ${result.delivered.length} of ${items.length} images.`
    : `Owners were not told of ${items.length} images: this is a dry run.`;
  const isNew = problems.length > 0 || items.length > 0 || (about.isDryRun && gathered.wouldAct);
  const failure = isNew
    ? await delivery.notifyPlatform({ ...about, problems, lines: [...gathered.lines, told] })
    : undefined;
  const open = new Set(result.undelivered.map(({ kind, notice }) => (kind === 'action' ? notice.auditKey : undefined)));
  const isDelivered = mode === 'enforce' && failure === undefined;
  return {
    runId,
    mode,
    announced: result.delivered.filter(({ kind }) => kind === 'notice').length,
    untold: result.undelivered.length,
    messages: result.messages,
    problems: failure === undefined ? problems : [...problems, `The platform channel could not be told: ${failure}.`],
    deliveredRuns: request.acted.flatMap(({ auditKey }) =>
      isDelivered && auditKey !== undefined && !open.has(auditKey) ? [auditKey] : [],
    ),
    isCertain: result.undelivered.length === 0 && result.unrecorded.length === 0,
  };
}

/** Slack's clock and this one differ. */
const CLOCKS_APART = 60_000;

/** Whether an announcement stands in the journal that is not older than a message which spoke of the image. */
function isRecorded({ accounts }: Gathered, { kind, notice }: NotificationItem, at: Date): boolean {
  if (kind === 'action') return false;
  const journal = accounts.get(notice.region)?.journal;
  const announced = journal?.status === 'read' ? journal.images.get(notice.imageId)?.announced : undefined;
  const recordedAt = notice.isReminder ? announced?.remindedAt : announced?.at;
  return recordedAt !== undefined && recordedAt.getTime() >= at.getTime() - CLOCKS_APART;
}
