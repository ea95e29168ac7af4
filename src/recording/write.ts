import type { Account, MissingImages } from '../model/account.ts';
import type { CrossAccountUsage } from '../model/cross-account-usage.ts';
import type { Tags } from '../model/image.ts';
import type { JournalReading } from '../model/journal.ts';
import type { Reference } from '../model/reference.ts';

/** The version of the file's shape; a reader refuses any other. */
export const RECORDING_VERSION = 1;

/**
 * An account as the text of a recording: JSON, one image, snapshot or entry a line, in order of their ids. So it diffs
 * well, and the same account gives the same text, in whatever order AWS and the sources answered.
 */
export function recordingText(account: Account): string {
  const { references } = account;
  const parts = {
    images: sortedBy(account.images, ({ imageId }) => imageId).map(withReadableTags),
    snapshots: sortedBy(account.snapshots, ({ snapshotId }) => snapshotId).map(withReadableTags),
    inventory: account.inventory,
    sources: references.sources,
    imageReferences: referenceEntries(references.images),
    snapshotReferences: referenceEntries(references.snapshots),
    dangling: sortedBy(references.dangling, ({ missing }) => missing),
    sharing: entriesOf(account.sharing),
    snapshotDetails: entriesOf(account.snapshotDetails),
    recycleBin: entriesOf(account.recycleBin),
    retentionRules: entriesOf(account.retentionRules),
  };
  const head = `"recordingVersion": ${RECORDING_VERSION},\n"target": ${JSON.stringify(account.target)},\n"observedAt": ${JSON.stringify(account.observedAt)}`;
  return `{\n${[head, ...listsText(parts), ...missingText(account.missingImages), ...journalText(account.journal), ...elsewhereText(account.crossAccountUsage)].join(',\n')}\n}\n`;
}

/**
 * Node 24's JSON.parse takes a key that JSON escapes (`"`, a line break, half a surrogate pair) for the key `\` where any
 * object of the same shape had that one. Such tags are written as a list of keys and values.
 */
function withReadableTags(one: { readonly tags: Tags }): object {
  const keys = Object.keys(one.tags).join(' ');
  return JSON.stringify(keys).length > keys.length + 2 ? { ...one, tags: Object.entries(one.tags) } : one;
}

/** Left out where nobody asked. */
function missingText(missing: MissingImages | undefined): string[] {
  if (missing === undefined) return [];
  if (missing.status === 'unreadable') return [`"missingImages": ${JSON.stringify(missing)}`];
  return [
    `"missingImages": {\n${['"status": "read"', ...listsText({ images: entriesOf(missing.images) })].join(',\n')}\n}`,
  ];
}

/** Left out where there is none, which is what its absence means. */
function journalText(journal: JournalReading): string[] {
  if (journal.status === 'none') return [];
  if (journal.status === 'unreadable') return [`"journal": ${JSON.stringify(journal)}`];
  const parts = { images: entriesOf(journal.images), snapshots: entriesOf(journal.snapshots) };
  return [`"journal": {\n${['"status": "read"', ...listsText(parts)].join(',\n')}\n}`];
}

function elsewhereText(crossAccountUsage: CrossAccountUsage | undefined): string[] {
  if (crossAccountUsage === undefined) return [];
  const { read, unread, usage } = crossAccountUsage;
  const parts = { read: [...read].sort(), unread: entriesOf(unread), usage: entriesOf(usage) };
  return [`"elsewhere": {\n${listsText(parts).join(',\n')}\n}`];
}

function listsText(parts: Readonly<Record<string, readonly unknown[]>>): string[] {
  return Object.entries(parts).map(
    ([name, list]) => `${JSON.stringify(name)}: [${list.map((entry) => `\n${JSON.stringify(entry)}`).join(',')}\n]`,
  );
}

function referenceEntries(references: ReadonlyMap<string, readonly Reference[]>) {
  return entriesOf(references).map(([id, list]) => [id, sortedBy(list, (one) => JSON.stringify(one))] as const);
}

function entriesOf<Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return sortedBy([...map], ([id]) => id);
}

/** Sorted by code units, the same everywhere; what is equal keeps its order. */
function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}
