import * as z from 'zod';
import {
  nothingKnown,
  type OutgoingReferences,
  outgoingReferencesSchema,
  referenceLists,
} from '../read/outgoing-references.ts';
import { OBJECT, type RegionTarget, regionTargetName, regionTargetOf } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { type TargetRow, targetRows, toleratedOf } from '../targets/targets.ts';
import { Join, type Joined } from './join.ts';

/** What the join says of all targets. */
export const joinedIndex = z.object({
  /** When the first of those targets was read; absent where none was. */
  oldest: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .exactOptional(),
  /** Places whose reading is complete. */
  read: z.array(z.string()),
  unread: z.array(z.tuple([z.string(), z.string()])),
  /** Of the unread, those whose images were listed all the same: their copies are known, and count as used. */
  listed: z.array(z.string()).default([]),
  /** Globs of `references.ssmParameters` that match in no target, or that can't be told to match in any. */
  unmatched: z.array(z.string()).exactOptional(),
  /** Places that are no targets after all: Regions that their account has not enabled. */
  skipped: z.array(z.tuple([z.string(), z.string()])),
});
export type JoinedIndex = Readonly<z.output<typeof joinedIndex>>;

/** References from other targets to what a target owns. */
export const joinedLists = z.object(referenceLists);

/** What came of joining, in figures. */
export interface JoinAnswer {
  readonly targets: number;
  readonly unread: number;
}

const AT_A_TIME = 48;
const HOUR = 3_600_000;
/** An older reading is none: what was copied or launched since is not in it, and a run can be taken up days later. */
const READING_VALID_HOURS = 24;

/**
 * Reads what each target uses, finds out who owns it, and leaves for each target what others use of it.
 * @param toleratedPercent of all accounts, so many may fail and one at least: none of their Regions was read, or the images of
 * one were not even listed
 * @throws Error where more are: acting would rest on too little
 */
export async function joinTargets(store: Store, toleratedPercent: number, now: Date): Promise<JoinAnswer> {
  const rows = await store.needJson(OBJECT.targets, targetRows);
  const targets = targetsOf(rows);
  const join = new Join();
  const states = new Map<string, OutgoingReferences>();
  const listed = new Set<string>();
  await inBatches(targets, async (target) => {
    const uses =
      (await store.readJson(OBJECT.uses(target), outgoingReferencesSchema)) ??
      nothingKnown('it was not read in this run');
    states.set(regionTargetName(target), stateOf(uses, now));
    if (uses.status === 'unreadable' && uses.observedAt !== undefined && !isTooOld(uses.observedAt, now))
      listed.add(regionTargetName(target));
    join.addUses(target, uses);
  });
  await inBatches(targets, async (target) => {
    const owned = await store.readText(OBJECT.owned(target));
    join.addOwned(target, (owned ?? '').split('\n'));
  });
  const joined = join.joined();
  await inBatches(targets, (target) =>
    store.writeJson(OBJECT.joinedFor(target), listsOf(joined.get(regionTargetName(target)))),
  );
  const index = indexOf(states, listed);
  await store.writeJson(OBJECT.joined, index);
  const { failed, accounts } = failedAccounts(index);
  const tolerated = toleratedOf(toleratedPercent, accounts);
  if (failed.length > tolerated) {
    const first = index.unread.find(([name]) => regionTargetOf(name).accountId === failed[0]);
    throw new Error(
      `${failed.length} of ${accounts} accounts could not be read, and ${tolerated} (${toleratedPercent} %) may, so nothing is decided; the first: ${first?.join(': ')}`,
    );
  }
  return { targets: index.read.length + index.unread.length, unread: index.unread.length };
}

/** Every target of a manifest. */
export function targetsOf(rows: readonly TargetRow[]): RegionTarget[] {
  return rows.flatMap(({ accountId, regions }) => regions.map((region) => ({ accountId, region })));
}

/** A few at a time, so that memory holds no more than those. */
export async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    await Promise.all(items.slice(start, start + AT_A_TIME).map(work));
  }
}

/**
 * The accounts that the run knows too little of: no Region of theirs was read completely, or not even the images of
 * one were listed. An account with a Region in which one source failed is none of them: that Region holds itself.
 */
function failedAccounts({ read, unread, listed }: JoinedIndex): { failed: string[]; accounts: number } {
  const accountOf = (name: string) => regionTargetOf(name).accountId;
  const withRegion = new Set(read.map(accountOf));
  const known = new Set(listed);
  const failed = unread.map(([name]) => name).filter((name) => !known.has(name) || !withRegion.has(accountOf(name)));
  const accounts = new Set([...withRegion, ...unread.map(([name]) => accountOf(name))]);
  return { failed: [...new Set(failed.map(accountOf))].sort(), accounts: accounts.size };
}

function indexOf(states: ReadonlyMap<string, OutgoingReferences>, listed: ReadonlySet<string>): JoinedIndex {
  const entries = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
  const withError = (status: 'unreadable' | 'skipped') =>
    entries.flatMap(([name, uses]): [string, string][] => (uses.status === status ? [[name, uses.error]] : []));
  const times = entries.flatMap(([, uses]) => (uses.status === 'read' ? (uses.observedAt?.getTime() ?? []) : []));
  const unmatched = unmatchedIn([...states.values()]);
  return {
    ...(unmatched.length > 0 && { unmatched }),
    ...(times.length > 0 && { oldest: new Date(times.reduce((first, time) => Math.min(first, time))) }),
    read: entries.flatMap(([name, uses]) => (uses.status === 'read' ? [name] : [])),
    unread: withError('unreadable'),
    listed: [...listed].sort(),
    skipped: withError('skipped'),
  };
}

/**
 * The globs that match nothing: in no target, where all were read. Where one was not, what is unmatched in any may be
 * misspelled there, and nobody can tell.
 */
function unmatchedIn(states: readonly OutgoingReferences[]): string[] {
  const targets = states.filter(({ status }) => status !== 'skipped');
  const read = targets.flatMap((uses) => (uses.status === 'read' ? [uses.unmatched ?? []] : []));
  const named = [...new Set(read.flat())];
  return read.length < targets.length ? named : named.filter((glob) => read.every((list) => list.includes(glob)));
}

/** Without its lists, which would fill the memory; and what is too old to count is unread. */
function stateOf(uses: OutgoingReferences, now: Date): OutgoingReferences {
  if (uses.status === 'skipped') return uses;
  const state = { ...uses, images: [], snapshots: [], copies: [] };
  if (state.status === 'unreadable' || !isTooOld(state.observedAt, now)) return state;
  return { ...state, status: 'unreadable', error: TOO_OLD };
}

const TOO_OLD = `it was read more than ${READING_VALID_HOURS} hours ago; start a new run`;

function isTooOld(observedAt: Date | undefined, now: Date): boolean {
  return observedAt === undefined || now.getTime() - observedAt.getTime() > READING_VALID_HOURS * HOUR;
}

/**
 * Makes sure that what is known of the other accounts is still worth something.
 * @throws Error where it is not; nothing must be done then
 */
export function checkAge({ oldest, read }: JoinedIndex, now: Date): void {
  if (read.length > 0 && isTooOld(oldest, now))
    throw new Error(`what other accounts use counts no more, since ${TOO_OLD}`);
}

function listsOf(joined: Joined | undefined): z.input<typeof joinedLists> {
  const entries = <Id, List>(map: ReadonlyMap<Id, readonly List[]> | undefined): [Id, List[]][] =>
    [...(map ?? [])].map(([id, list]) => [id, [...list]]);
  return { images: entries(joined?.images), snapshots: entries(joined?.snapshots) };
}
