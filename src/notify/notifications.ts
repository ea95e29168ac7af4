import type { ActionNotice, Notice } from '../model/notice.ts';

/** One image in a message: what is to come, or what was done. */
export type NotificationItem =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'happening'; readonly happening: ActionNotice };

/** Everything that one recipient is to hear in one run. */
export interface Notification {
  readonly runId: string;
  /** Where the images lie that name no other account. */
  readonly accountId: string;
  readonly entries: readonly NotificationItem[];
  /** Where the whole report lies. */
  readonly reportUrl?: string;
  /** In a dry run nothing is going to happen; the message says so. */
  readonly isDryRun: boolean;
  /** Whether the images' owner tags are shown: where one message speaks to the owners of several. */
  readonly showsOwners: boolean;
}

/** What a message shows of an image. */
export interface EntryLine {
  readonly name: string;
  readonly imageId: string;
  /** Its Region, and its account where that is another than the message speaks of. */
  readonly place: string;
  readonly owner: string | undefined;
  readonly sentences: readonly string[];
}

/** Oldest fate first: what goes soonest stands on top, what was done at the end. */
export function inOrder(entries: readonly NotificationItem[]): NotificationItem[] {
  const time = (entry: NotificationItem) =>
    entry.kind === 'happening' ? Number.MAX_VALUE : (entry.notice.deregisterAt?.getTime() ?? Number.MAX_VALUE / 2);
  return [...entries].sort((a, b) => time(a) - time(b) || (idOf(a) < idOf(b) ? -1 : 1));
}

/** The image of an entry. */
function idOf(entry: NotificationItem): string {
  return entry.kind === 'notice' ? entry.notice.imageId : entry.happening.imageId;
}

/** What there is to say of an image, in whole sentences of plain text. */
export function lineOf(
  entry: NotificationItem,
  { accountId }: Pick<Notification, 'accountId'>,
  day: (time: Date) => string,
): EntryLine {
  const about = entry.kind === 'happening' ? entry.happening : entry.notice;
  const { name, imageId, region, owner } = about;
  const place = about.accountId === accountId ? region : `${region}, account ${about.accountId}`;
  const sentences =
    entry.kind === 'happening' ? [entry.happening.sentence] : [...fate(entry.notice, day), entry.notice.why];
  return { name, imageId, place, owner, sentences };
}

/** Where the images of a message lie: `account 111122223333`, or `3 accounts`. */
export function whereOf({ entries, accountId }: Pick<Notification, 'entries' | 'accountId'>): string {
  const accounts = new Set(
    entries.map((entry) => (entry.kind === 'happening' ? entry.happening : entry.notice).accountId),
  );
  const [only = accountId] = accounts;
  return accounts.size > 1 ? `${accounts.size} accounts` : `account ${only}`;
}

function fate({ deprecated, disableAt, deregisterAt, isReminder }: Notice, day: (time: Date) => string): string[] {
  const steps = [
    ...(deprecated ? [] : ['deprecated in the next run']),
    ...(disableAt === undefined ? [] : [`disabled on ${day(disableAt)}`]),
    ...(deregisterAt === undefined ? [] : [`deregistered on ${day(deregisterAt)}, not earlier`]),
  ];
  const state = deprecated ? 'Deprecated. ' : '';
  if (steps.length === 0) return [`${state}Nothing further is planned.`];
  return [`${isReminder ? 'Soon: ' : ''}${state}Will be ${steps.join(', ')}.`];
}

/** A title for the whole. */
export function titleOf({ entries, isDryRun }: Notification): string {
  const notices = entries.filter(({ kind }) => kind === 'notice').length;
  const done = entries.length - notices;
  const parts = [
    ...(notices === 0 ? [] : [`${images(notices)} to be retired`]),
    ...(done === 0 ? [] : [`${images(done)} changed`]),
  ];
  return `${isDryRun ? 'Dry run: ' : ''}${parts.join(', ')}`;
}

function images(amount: number): string {
  return amount === 1 ? '1 image' : `${amount.toLocaleString('en-US')} images`;
}
