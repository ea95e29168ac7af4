import type { ActionNotice, CriticalImage, Notice } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import { counted, day, upTo } from '../text/format.ts';

/** One image in a message: what is to come, or what was done. */
export type NotificationItem =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'action'; readonly notice: ActionNotice };

/** Everything that one recipient is to hear in one run. */
export interface Notification {
  readonly runId: string;
  /** The account of images whose account is not named. */
  readonly accountId: string;
  /** What people call the accounts, by their ids. */
  readonly accountNames?: ReadonlyMap<string, string>;
  /** Whether the run went over an organization. */
  readonly isOrganization?: boolean;
  readonly items: readonly NotificationItem[];
  /** What is in use with a critical finding, of whatever owner. */
  readonly critical?: readonly CriticalImage[];
  readonly reportUrl?: string;
  /** In a dry run nothing is going to happen; the message says so. */
  readonly isDryRun: boolean;
  /** The tag that names owners. */
  readonly ownerTag: string;
  readonly undo: Policy['undo'];
  readonly audience: Audience;
}

/** Who hears: the owner by one value of the tag, by several, who stands for owners, or whoever reads there. */
export type Audience = 'owner' | 'owners' | 'fallback' | 'everybody';

/** How a medium writes anyone's text, and a link. */
export interface Writing {
  readonly value: (text: string, most?: number) => string;
  readonly link: (address: string) => string;
}

/** What a message shows of an image. */
export interface ItemLine {
  readonly name: string;
  readonly imageId: string;
  /** Where it is, and what it saves. */
  readonly facts: readonly string[];
  readonly sentences: readonly string[];
}

/** Images of one family that become of the same on the same days. */
export interface Group {
  readonly heading: string;
  readonly items: readonly NotificationItem[];
}

/** One of the messages to a recipient. */
export interface Part {
  readonly title: string;
  /** Without headings where each group is of one. */
  readonly groups: readonly Group[];
  readonly items: readonly NotificationItem[];
}

/** How many lines a message has at the most, a line for each image and each heading. */
export interface PartSizes {
  /** Where all stand in one. */
  readonly only: number;
  /** The first of several. */
  readonly first: number;
  /** Those that follow it. */
  readonly next: number;
}

/** What one recipient is to hear in messages: every item stands in exactly one of them, the soonest first. */
export function partsOf(notification: Notification, writing: Writing, { only, first, next }: PartSizes): Part[] {
  const groups = groupsOf(notification, writing);
  const ofHeading = groups.some(({ items }) => items.length > 1) ? 1 : 0;
  const isOne = notification.items.length + ofHeading * groups.length <= only;
  const parts: { heading: string; items: NotificationItem[] }[][] = [];
  let left = 0;
  for (const { heading, items } of groups) {
    let group: NotificationItem[] | undefined;
    for (const item of items) {
      if (left < (group === undefined ? 1 + ofHeading : 1)) {
        left = isOne ? only : parts.length === 0 ? first : next;
        parts.push([]);
        group = undefined;
      }
      if (group === undefined) {
        group = [];
        parts.at(-1)?.push({ heading: ofHeading === 1 ? heading : '', items: group });
        left -= ofHeading;
      }
      group.push(item);
      left -= 1;
    }
  }
  const title = titleOf(notification);
  return parts.map((part, index) => ({
    title: parts.length === 1 ? title : `${title} (${index + 1} of ${parts.length})`,
    groups: part,
    items: part.flatMap(({ items }) => items),
  }));
}

/** What goes soonest stands first, what was done last. */
export function groupsOf({ items }: Pick<Notification, 'items'>, { value }: Writing): Group[] {
  const time = ({ kind, notice }: NotificationItem) =>
    kind === 'action' ? Number.MAX_VALUE : (notice.deregisterAt?.getTime() ?? Number.MAX_VALUE / 2);
  const sorted = [...items].sort((a, b) => time(a) - time(b) || (a.notice.imageId < b.notice.imageId ? -1 : 1));
  const groups = Map.groupBy(sorted, (item) => `${item.notice.family ?? ''}\n${becomes(item)}`);
  return [...groups.values()].flatMap((group) => {
    const [item] = group;
    if (item === undefined) return [];
    const { family } = item.notice;
    const saving = savingOf(group);
    const facts = [counted(group.length, 'image'), ...(saving === '' ? [] : [saving])].join(', ');
    const heading = [...(family === undefined ? [] : [value(family, 80)]), facts, becomes(item)].join(' · ');
    return [{ heading, items: group }];
  });
}

/** What becomes of an image, or became of it, without what is its own alone. */
function becomes({ kind, notice }: NotificationItem): string {
  if (kind === 'notice') return nextSteps(notice);
  const [first = ''] = notice.sentence.replace(/^It (?:was )?/, '').split(/\.(?: |$)/);
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}.`;
}

/** What their deregistration saves at the most; empty where it saves nothing that is known. */
export function savingOf(items: readonly NotificationItem[]): string {
  const cost = items.reduce(
    (sum, { kind, notice }) => sum + (kind === 'notice' ? (notice.monthlyCostUpTo ?? 0) : 0),
    0,
  );
  return cost < 0.005 ? '' : upTo(cost);
}

/** What there is to say of an image, in whole sentences of plain text. */
export function lineOf(item: NotificationItem, notification: Notification, { value }: Writing): ItemLine {
  const { kind, notice } = item;
  const { name, imageId, region, owner, accountId } = notice;
  const saving = savingOf([item]);
  const where =
    accountId === notification.accountId ? region : `${region}, ${accountText(notification, accountId, value)}`;
  const whose = owner === undefined ? 'no owner' : `owner ${value(owner, 80)}`;
  const facts = [where, ...(saving === '' ? [] : [saving]), ...(notification.audience === 'owner' ? [] : [whose])];
  const sentences = kind === 'action' ? [notice.sentence] : [nextSteps(notice), notice.why];
  return { name, imageId, facts, sentences };
}

/** Which accounts a message speaks of: `account 111122223333`, or `3 accounts`. */
export function whereOf(notification: Notification, value: Writing['value']): string {
  const accounts = new Set(notification.items.map(({ notice }) => notice.accountId));
  const [only = notification.accountId] = accounts;
  return accounts.size > 1 ? `${accounts.size} accounts` : accountText(notification, only, value);
}

function accountText({ accountNames }: Notification, accountId: string, value: Writing['value']): string {
  const name = accountNames?.get(accountId);
  return name === undefined ? `account ${accountId}` : `account ${accountId} (${value(name, 64)})`;
}

function nextSteps({ deprecated, deprecateAt, disableAt, archiveAt, deregisterAt, isReminder }: Notice): string {
  const deprecation = deprecateAt ? `on ${day(deprecateAt.toISOString())}` : 'in the next run';
  const steps = [
    ...(deprecated ? [] : [`deprecated ${deprecation}`]),
    ...(disableAt ? [`disabled on ${day(disableAt.toISOString())}`] : []),
    ...(archiveAt ? [`its snapshots archived on ${day(archiveAt.toISOString())}`] : []),
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
