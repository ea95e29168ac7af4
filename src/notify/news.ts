import type { Happening, Notice } from '../model/notice.ts';

/** One image in a message: what is to come, or what was done. */
export type Entry =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'happening'; readonly happening: Happening };

/** Everything that one recipient is to hear in one run. */
export interface News {
  readonly runId: string;
  readonly accountId: string;
  readonly entries: readonly Entry[];
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
  readonly region: string;
  readonly owner: string | undefined;
  readonly sentences: readonly string[];
}

/** Oldest fate first: what goes soonest stands on top, what was done at the end. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const time = (entry: Entry) =>
    entry.kind === 'happening' ? Number.MAX_VALUE : (entry.notice.deregisterAt?.getTime() ?? Number.MAX_VALUE / 2);
  return [...entries].sort((a, b) => time(a) - time(b) || (idOf(a) < idOf(b) ? -1 : 1));
}

/** The image of an entry. */
export function idOf(entry: Entry): string {
  return entry.kind === 'notice' ? entry.notice.imageId : entry.happening.imageId;
}

/** What there is to say of an image, in whole sentences of plain text. */
export function lineOf(entry: Entry, day: (time: Date) => string): EntryLine {
  if (entry.kind === 'happening') {
    const { name, imageId, region, owner, sentence } = entry.happening;
    return { name, imageId, region, owner, sentences: [sentence] };
  }
  const { name, imageId, region, owner, why } = entry.notice;
  return { name, imageId, region, owner, sentences: [...fate(entry.notice, day), why] };
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
export function titleOf({ entries, isDryRun }: News): string {
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
