import { holdsEverything, unreadForAll } from '../model/reference.ts';
import { READ_NOUNS, SOURCES } from '../model/sources.ts';
import { count, counted } from '../text/format.ts';
import type { ReportPass, ReportSource } from './shape.ts';

type UnreadSource = Extract<ReportSource, { status: 'unreadable' }>;

/** What an incomplete report says: what could not be read, what is held for that, and what goes on all the same. */
export interface Incompleteness {
  /** One sentence without its full stop: what stays. */
  readonly title: string;
  readonly unread: readonly UnreadSource[];
  /** What goes on and why that is safe, in one sentence; empty where nothing does. */
  readonly goesOn: readonly string[];
  /** How to mend it, in one sentence. */
  readonly mend: string;
}

const MEND = 'To mend it, allow what was denied (docs/iam.md) and run again; anything else may pass by itself.';

/** What of a report could not be read; nothing where all could. */
export function incompletenessOf(
  sources: readonly ReportSource[],
  passes: readonly ReportPass[] = [],
): Incompleteness[] {
  const unread = sources.filter((source) => source.status === 'unreadable');
  if (unread.length === 0) return [];
  if (!unread.some(holdsEverything)) {
    const goesOn =
      'All other images and snapshots go on: every source of references was read, and so was what is asked of each.';
    return [{ title: detailSentences(unread).join('; '), unread, goesOn: [goesOn], mend: MEND }];
  }
  const again = passes.flatMap(({ actions }) => actions).filter(({ action }) => action === 'reinstate').length;
  const [get, them] = again === 1 ? ['gets', 'it'] : ['get', 'them'];
  const goesOn = `${counted(again, 'image')} still ${get} back what deprecating took: what keeps ${them} was read, and nothing is taken away.`;
  const title = 'not everything could be read, so every image and snapshot stays';
  return [{ title, unread, goesOn: again === 0 ? [] : [goesOn], mend: MEND }];
}

/** What could not be read and why, a line each, what goes on, and how to mend it. */
export function incompleteLines({ unread, goesOn, mend }: Incompleteness): string[] {
  return [...unread.map(({ name, error }) => `${name}: ${error}`), ...goesOn, mend];
}

/** A sentence for each unreadable detail, without its full stop: `launch permissions of 3 images could not be read: these 3 stay`. */
export function detailSentences(sources: readonly ReportSource[]): string[] {
  return sources.flatMap((source) => {
    if (source.status !== 'unreadable' || source.only === undefined) return [];
    const { length } = source.only;
    const of = counted(length, source.only.every((id) => id.startsWith('snap-')) ? 'snapshot' : 'image');
    const stay = length === 1 ? 'it stays' : `these ${count(length)} stay`;
    const held = source.name === 'recycle-bin' ? 'their snapshots stay' : stay;
    return [`${WORDS[source.name] ?? source.name} of ${of} could not be read: ${held}`];
  });
}

/** Orders sources for readers: what could not be read comes first. */
export function unreadableFirst(a: ReportSource, b: ReportSource): number {
  return Number(b.status === 'unreadable') - Number(a.status === 'unreadable');
}

/** Why a source was not read, or not asked; empty where it was read, or the policy switched it off by name. */
export function sourceNote(source: ReportSource): string {
  if (source.status === 'unreadable') return source.error;
  return source.status === 'off' ? (source.reason ?? '') : '';
}

/** What was read of a source, in its noun, and the references in it; undefined where it does not apply or is not told. */
export function sourceCounts(source: ReportSource): { readonly read?: string; readonly references?: number } {
  const { name, references, status } = source;
  const nouns = READ_NOUNS.get(name);
  const isInventory = nouns !== undefined && !SOURCES.some((known) => known === name);
  // Older reports count the inventory as references alone.
  const read = status === 'read' ? (source.read ?? (isInventory ? references : undefined)) : undefined;
  return {
    ...(read !== undefined && { read: counted(read, ...(nouns ?? ['item', 'items'])) }),
    ...(!isInventory && { references }),
  };
}

/** Why a run is incomplete, in a phrase; nothing where it is complete. */
export function incompleteSentences(sources: readonly ReportSource[]): string[] {
  const blocking = unreadForAll(sources);
  return [
    ...(blocking.length === 0 ? [] : [`could not be read, so every image and snapshot stays: ${blocking.join(', ')}`]),
    ...detailSentences(sources),
  ];
}

/** What is read beside references, as sentences name it. */
const WORDS: Readonly<Record<string, string>> = {
  'launch-permissions': 'launch permissions',
  'snapshot-details': 'locks, shares or fast restores',
  'image-ancestry': 'kept descendants',
  'recycle-bin': 'the Recycle Bin',
};
