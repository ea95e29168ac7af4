import type { ActionNotice, CriticalImage, Notice } from '../model/notice.ts';
import { counted, cut, day } from '../text/format.ts';
import { plain } from '../text/untrusted.ts';

/** One image in a message: what is to come, or what was done. */
export type NotificationItem =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'action'; readonly notice: ActionNotice };

/** Everything that one recipient is to hear in one run. */
export interface Notification {
  readonly runId: string;
  /** The account of images whose account is not named. */
  readonly accountId: string;
  readonly items: readonly NotificationItem[];
  /** What is in use with a critical finding, of whatever owner. */
  readonly critical?: readonly CriticalImage[];
  readonly reportUrl?: string;
  /** In a dry run nothing is going to happen; the message says so. */
  readonly isDryRun: boolean;
  /** Whether the images' owner tags are shown: where one message speaks to the owners of several. */
  readonly showsOwners: boolean;
}

/** What a message shows of an image. */
export interface ItemLine {
  readonly name: string;
  readonly imageId: string;
  /** Its Region, and its account where that is another than the message speaks of. */
  readonly location: string;
  readonly owner: string | undefined;
  readonly sentences: readonly string[];
}

/**
 * What one recipient is to hear in messages of at most so many images, with a title for each: every item stands in
 * exactly one of them.
 */
export function partsOf(notification: Notification, most: number): { title: string; items: NotificationItem[] }[] {
  const all = inOrder(notification.items);
  const parts = Math.ceil(all.length / most);
  return Array.from({ length: parts }, (_, index) => ({
    title: `${titleOf(notification)}${parts === 1 ? '' : ` (${index + 1} of ${parts})`}`,
    items: all.slice(index * most, (index + 1) * most),
  }));
}

/** What goes soonest stands first, what was done last. */
function inOrder(items: readonly NotificationItem[]): NotificationItem[] {
  const time = ({ kind, notice }: NotificationItem) =>
    kind === 'action' ? Number.MAX_VALUE : (notice.deregisterAt?.getTime() ?? Number.MAX_VALUE / 2);
  return [...items].sort((a, b) => time(a) - time(b) || (a.notice.imageId < b.notice.imageId ? -1 : 1));
}

/** What there is to say of an image, in whole sentences of plain text. */
export function lineOf({ kind, notice }: NotificationItem, { accountId }: Pick<Notification, 'accountId'>): ItemLine {
  const { name, imageId, region, owner } = notice;
  const location = notice.accountId === accountId ? region : `${region}, account ${notice.accountId}`;
  const sentences = kind === 'action' ? [notice.sentence] : [nextSteps(notice), notice.why];
  return { name, imageId, location, owner, sentences };
}

/** Which accounts a message speaks of: `account 111122223333`, or `3 accounts`. */
export function whereOf({ items, accountId }: Pick<Notification, 'items' | 'accountId'>): string {
  const accounts = new Set(items.map(({ notice }) => notice.accountId));
  const [only = accountId] = accounts;
  return accounts.size > 1 ? `${accounts.size} accounts` : `account ${only}`;
}

function nextSteps({ deprecated, disableAt, deregisterAt, isReminder }: Notice): string {
  const steps = [
    ...(deprecated ? [] : ['deprecated in the next run']),
    ...(disableAt ? [`disabled on ${day(disableAt.toISOString())}`] : []),
    ...(deregisterAt ? [`deregistered on ${day(deregisterAt.toISOString())}, not earlier`] : []),
  ];
  const state = deprecated ? 'Deprecated. ' : '';
  if (steps.length === 0) return `${state}Nothing further is planned.`;
  return `${isReminder ? 'Soon: ' : ''}${state}Will be ${steps.join(', ')}.`;
}

function titleOf({ items, isDryRun }: Notification): string {
  const notices = items.filter(({ kind }) => kind === 'notice').length;
  const done = items.length - notices;
  const parts = [
    ...(notices === 0 ? [] : [`${counted(notices, 'image')} to be retired`]),
    ...(done === 0 ? [] : [`${counted(done, 'image')} changed`]),
  ];
  return `${isDryRun ? 'Dry run: ' : ''}${parts.join(', ')}`;
}

const MOST_CRITICAL = 10;

/**
 * Of those whom a message speaks to, the images that are in use with critical findings, under a title; none where they
 * have none. It says so beside what else there is to say, and is no message of its own.
 */
export function criticalLines(
  { critical = [], items }: Notification,
  nameOf: (name: string) => string,
): readonly string[] {
  const owners = new Set(items.map(({ notice }) => notice.owner));
  const theirs = critical.filter(({ owner }) => owners.has(owner));
  if (theirs.length === 0) return [];
  const lines = theirs
    .slice(0, MOST_CRITICAL)
    .map(({ name, imageId, region, fix }) => `- ${nameOf(name)} (${imageId}, ${region}): ${fix}`);
  const more = theirs.length - lines.length;
  return [
    'In use, with critical findings of Amazon Inspector; replace them:',
    ...lines,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

/** A message as text alone, with the items that stand in it. */
export interface PlainMessage {
  readonly subject: string;
  readonly text: string;
  readonly items: readonly NotificationItem[];
}

/** SNS takes 256 KiB a message, the rest of the request's text among it. */
export const SNS_BYTES = 250_000;
/** More than a person reads in one message; the longest lines of so many fit what SNS takes. */
const IMAGES_A_MESSAGE = 60;
const WHY_CHARACTERS = 600;

/** The messages to one recipient as plain text: every item stands in exactly one of them. */
export function plainMessages(notification: Notification, recipient: string): PlainMessage[] {
  const { isDryRun, reportUrl } = notification;
  return partsOf(notification, IMAGES_A_MESSAGE).map(({ title, items }, index) => {
    const text = [
      `To ${cut(plain(recipient), 256)}: ${title}, in ${whereOf(notification)}`,
      ...items.flatMap((item) => itemLines(item, notification)),
      ...(index === 0 ? criticalLines(notification, (name) => cut(plain(name), 128)) : []),
      isDryRun
        ? 'This is a dry run: nothing is done to them.'
        : 'To keep one, set its tag ami-janitor:keep to true or a date.',
      ...(reportUrl === undefined ? [] : [`Report: ${reportUrl}`]),
    ].join('\n');
    return { subject: subjectOf(`ami-janitor: ${title}`), text, items };
  });
}

function itemLines(item: NotificationItem, notification: Notification): string[] {
  const { showsOwners } = notification;
  const { name, imageId, location, owner, sentences } = lineOf(item, notification);
  const whose = !showsOwners ? '' : owner === undefined ? ', no owner' : `, owner ${cut(plain(owner), 256)}`;
  return [
    `- ${cut(plain(name), 128)} (${imageId}, ${location}${whose})`,
    `  ${cut(plain(sentences.join(' ')), WHY_CHARACTERS)}`,
  ];
}

/** SNS takes a subject of at most 100 printable ASCII characters. */
export function subjectOf(title: string): string {
  return title.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}
