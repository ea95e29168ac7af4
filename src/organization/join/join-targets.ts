import * as z from 'zod';
import {
  type Digests,
  nothingKnown,
  type OutgoingReferences,
  outgoingReferencesSchema,
  referenceLists,
} from '../read/outgoing-references.ts';
import type { RunRecord } from '../run.ts';
import { OBJECT, type RegionTarget, regionTargetName, regionTargetOf } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';
import { forEachTarget, readTargets, toleratedOf } from '../targets/targets.ts';
import { Join, type Joined } from './join.ts';

/** What the join says of all targets. */
export const joinedIndex = z.object({
  /** When the first of those targets was read; absent where none was. */
  oldest: date.exactOptional(),
  /** Places whose reading is complete. */
  read: z.array(z.string()),
  unread: z.array(z.tuple([z.string(), z.string()])),
  /** Of the unread, those whose images were listed all the same: their copies are known, and count as used. */
  listed: z.array(z.string()).default([]),
  /** Globs of `references.ssmParameters` that match in no target, or that can't be told to match in any. */
  unmatched: z.array(z.string()).exactOptional(),
  /** Places that are no targets after all: Regions that their account has not enabled. */
  skipped: z.array(z.tuple([z.string(), z.string()])),
  /** Of what others use of each target, by its name. */
  sha256: z.record(z.string(), z.string()),
});
export type JoinedIndex = Readonly<z.output<typeof joinedIndex>>;

/** References from other targets to what a target owns, as an object of the run holds them, and the SHA-256 of its recording. */
export const joinedLists = z
  .object({ ...referenceLists, recording: z.string().exactOptional() })
  .transform(({ images, snapshots, ...rest }): Joined & { readonly recording?: string } => ({
    images: new Map(images),
    snapshots: new Map(snapshots),
    ...rest,
  }));

/** What came of joining, in figures. */
export interface JoinAnswer {
  readonly targets: number;
  readonly unread: number;
  /** Of the index, which holds those of all targets' objects. */
  readonly sha256: string;
}

const HOUR = 3_600_000;
/** An older reading is none: what was copied or launched since is not in it, and a run can be taken up days later. */
const READING_VALID_HOURS = 24;

/**
 * Reads what each target uses, finds out who owns it, and leaves for each target what others use of it.
 * @param toleratedPercent of all accounts, so many may fail and one at least: none of their Regions was read, or the images of
 * one were not even listed
 * @throws Error where more are: acting would rest on too little
 */
export async function joinTargets(
  store: Store,
  run: Pick<RunRecord, 'sha256'>,
  toleratedPercent: number,
  now: Date,
): Promise<JoinAnswer> {
  const targets = await readTargets(store, run);
  const join = new Join();
  const digests = new Map<string, Digests>();
  const readings = await forEachTarget(targets, async (target) => {
    const uses =
      (await store.readJson(OBJECT.uses(target), outgoingReferencesSchema)) ??
      nothingKnown('it was not read in this run');
    if (uses.status !== 'skipped' && uses.sha256 !== undefined) digests.set(regionTargetName(target), uses.sha256);
    join.addUses(target, uses);
    return [readingOf(target, uses, now), ...addLeftOut(join, target, uses)];
  });
  await forEachTarget(targets, async (target) => {
    const owned = await store.readText(OBJECT.owned(target), digests.get(regionTargetName(target))?.owned);
    join.addOwned(target, (owned ?? '').split('\n'));
  });
  const joined = join.joined();
  const written = await forEachTarget(targets, async (target) => {
    const name = regionTargetName(target);
    const { images = [], snapshots = [] } = joined.get(name) ?? {};
    const { recording } = digests.get(name) ?? {};
    const lists = { images: [...images], snapshots: [...snapshots], ...(recording !== undefined && { recording }) };
    return [name, await store.writeJson(OBJECT.joinedFor(target), lists)] as const;
  });
  const index = { ...indexOf(readings.flat()), sha256: Object.fromEntries(written) };
  const sha256 = await store.writeJson(OBJECT.joined, index);
  const { failed, accounts } = failedAccounts(index, targets);
  const tolerated = toleratedOf(toleratedPercent, accounts);
  if (failed.length > tolerated) {
    const first = index.unread.find(([name]) => regionTargetOf(name).accountId === failed[0]);
    throw new Error(
      `${failed.length} of ${accounts} accounts could not be read, and ${tolerated} (${toleratedPercent} %) may, so nothing is decided; the first: ${first?.join(': ')}`,
    );
  }
  return { targets: index.read.length + index.unread.length, unread: index.unread.length, sha256 };
}

/**
 * Takes in what lies in Regions that the run leaves out: each copy there counts as used.
 * @returns those whose copies are not known: any may lie there
 */
function addLeftOut(join: Join, { accountId }: RegionTarget, uses: OutgoingReferences): TargetReading[] {
  return (uses.leftOut ?? []).flatMap(({ region, copies, error }) => {
    const place = { accountId, region };
    join.addUses(place, { ...nothingKnown(error ?? 'the run leaves it out'), copies });
    return error === undefined ? [] : [{ name: regionTargetName(place), status: 'unreadable', error }];
  });
}

/**
 * The accounts that the run knows too little of: no Region of theirs was read completely, or not even the images of
 * one were listed. An account with a Region in which one source failed is none of them: that Region holds itself. Nor is
 * one with a Region that the run leaves out: what is kept for that does not end the run.
 */
function failedAccounts(
  { read, unread, listed }: JoinedIndex,
  targets: readonly RegionTarget[],
): { failed: string[]; accounts: number } {
  const accountOf = (name: string) => regionTargetOf(name).accountId;
  const withRegion = new Set(read.map(accountOf));
  const known = new Set(listed);
  const names = new Set(targets.map(regionTargetName));
  const unreadTargets = unread.map(([name]) => name).filter((name) => names.has(name));
  const failed = unreadTargets.filter((name) => !known.has(name) || !withRegion.has(accountOf(name)));
  const accounts = new Set([...withRegion, ...unread.map(([name]) => accountOf(name))]);
  return { failed: [...new Set(failed.map(accountOf))].sort(), accounts: accounts.size };
}

/** How a target was read: without its lists, which would fill the memory. */
interface TargetReading {
  readonly name: string;
  readonly status: OutgoingReferences['status'];
  readonly error?: string;
  readonly observedAt?: Date;
  readonly unmatched?: readonly string[];
  readonly isListed?: boolean;
}

/** What is too old to count is unread. */
function readingOf(target: RegionTarget, uses: OutgoingReferences, now: Date): TargetReading {
  const name = regionTargetName(target);
  if (uses.status === 'skipped') return { name, ...uses };
  const { images: _, snapshots: __, copies: ___, ...reading } = uses;
  const isOld = isTooOld(uses.observedAt, now);
  if (uses.status === 'unreadable') return { name, ...reading, isListed: !isOld };
  return isOld ? { name, status: 'unreadable', error: TOO_OLD } : { name, ...reading };
}

function indexOf(readings: readonly TargetReading[]): Omit<JoinedIndex, 'sha256'> {
  const sorted = readings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const of = (status: TargetReading['status']) => sorted.filter((one) => one.status === status);
  const withError = (status: TargetReading['status']) =>
    of(status).map(({ name, error = '' }): [string, string] => [name, error]);
  const times = of('read').flatMap(({ observedAt }) => observedAt?.getTime() ?? []);
  const unmatched = unmatchedIn(readings);
  return {
    ...(unmatched.length > 0 && { unmatched }),
    ...(times.length > 0 && { oldest: new Date(times.reduce((first, time) => Math.min(first, time))) }),
    read: of('read').map(({ name }) => name),
    unread: withError('unreadable'),
    listed: sorted.flatMap(({ name, isListed }) => (isListed === true ? [name] : [])),
    skipped: withError('skipped'),
  };
}

/**
 * The globs that match nothing: in no target, where all were read. Where one was not, what is unmatched in any may be
 * misspelled there, and nobody can tell.
 */
function unmatchedIn(readings: readonly TargetReading[]): string[] {
  const targets = readings.filter(({ status }) => status !== 'skipped');
  const read = targets.flatMap(({ status, unmatched = [] }) => (status === 'read' ? [unmatched] : []));
  const named = [...new Set(read.flat())];
  return read.length < targets.length ? named : named.filter((glob) => read.every((list) => list.includes(glob)));
}

const TOO_OLD = `it was read more than ${READING_VALID_HOURS} hours ago; start a new run`;

function isTooOld(observedAt: Date | undefined, now: Date): boolean {
  return observedAt === undefined || now.getTime() - observedAt.getTime() > READING_VALID_HOURS * HOUR;
}
