import type { AllowedImages } from '../../model/account.ts';
import {
  type Digests,
  nothingKnown,
  type OutgoingReferences,
  outgoingReferencesSchema,
} from '../read/outgoing-references.ts';
import type { RunRecord } from '../run.ts';
import { OBJECT, type RegionTarget, regionTargetName, regionTargetOf } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { forEachTarget, readTargets, toleratedOf } from '../targets/targets.ts';
import { Join } from './join.ts';
import type { JoinedIndex } from './joined.ts';
import { addLastUses, whyUnread } from './last-uses.ts';

/** What came of joining, in figures. */
export interface JoinAnswer {
  readonly targets: number;
  readonly unread: number;
  readonly iteration: number;
  /** Of the index, which holds those of all targets' objects. */
  readonly sha256: string;
}

const HOUR = 3_600_000;
/** An older reading is none: what was copied or launched since is not in it, and a run can be taken up days later. */
const READING_VALID_HOURS = 6;

/**
 * Reads what each target uses, finds out who owns it, and leaves for each target what others use of it, as one iteration
 * of the organization found it.
 * @param toleratedPercent of all accounts, so many may fail and one at least: none of their Regions was read, or the images of
 * one were not even listed
 * @throws Error where more are: acting would rest on too little
 */
export async function joinTargets(
  store: Store,
  run: Pick<RunRecord, 'sha256'>,
  toleratedPercent: number,
  now: Date,
  iteration: number,
): Promise<JoinAnswer> {
  const targets = await readTargets(store, run);
  const join = new Join();
  const digests = new Map<string, Digests>();
  const read = await forEachTarget(targets, async (target) => {
    const uses =
      (await store.readJson(OBJECT.uses(target, iteration), outgoingReferencesSchema)) ??
      nothingKnown('it was not read in this iteration of the run');
    if (uses.status !== 'skipped' && uses.sha256 !== undefined) digests.set(regionTargetName(target), uses.sha256);
    join.addUses(target, uses);
    return [readingOf(target, uses, now), ...addLeftOut(join, target, uses)];
  });
  const readings = read.flat();
  const errors = new Map(
    readings.flatMap(({ name, status, error = '' }) => (status === 'unreadable' ? [[name, error] as const] : [])),
  );
  const earlier = new Join();
  const neverRead = errors.size === 0 ? [] : await addLastUses(store, targets, iteration, errors, earlier);
  await forEachTarget(targets, async (target) => {
    const owned = await store.readText(OBJECT.owned(target, iteration), digests.get(regionTargetName(target))?.owned);
    const ids = (owned ?? '').split('\n');
    join.addOwned(target, ids);
    earlier.addOwned(target, ids);
  });
  const joined = join.joined();
  const lastJoined = earlier.joined();
  const written = await forEachTarget(targets, async (target) => {
    const name = regionTargetName(target);
    const { images = [], snapshots = [] } = joined.get(name) ?? {};
    const last = lastJoined.get(name);
    const { recording } = digests.get(name) ?? {};
    const lists = {
      images: [...images],
      // What is used in both stands last.
      snapshots: [...(last?.snapshots ?? []), ...snapshots],
      lastUsedBy: [...(last?.usedIn ?? [])].map(([id, names]) => [id, [...names].map((one) => whyUnread(one, errors))]),
      ...(recording !== undefined && { recording }),
    };
    return [name, await store.writeJson(OBJECT.joinedFor(target, iteration), lists)] as const;
  });
  const index = { ...indexOf(readings), joinedAt: now, neverRead, sha256: Object.fromEntries(written) };
  const sha256 = await store.writeJson(OBJECT.joined(iteration), index);
  const { failed, accounts } = failedAccounts(index, targets);
  const tolerated = toleratedOf(toleratedPercent, accounts);
  if (failed.length > tolerated) {
    const first = index.unread.find(([name]) => regionTargetOf(name).accountId === failed[0]);
    throw new Error(
      `${failed.length} of ${accounts} accounts could not be read, and ${tolerated} (${toleratedPercent} %) may, so nothing is decided; the first: ${first?.join(': ')}`,
    );
  }
  return { targets: index.read.length + index.unread.length, unread: index.unread.length, iteration, sha256 };
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
  readonly unmatchedLookups?: readonly string[];
  readonly isListed?: boolean;
  readonly areParametersUnread?: boolean;
  readonly allowedImages?: AllowedImages;
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

function indexOf(readings: readonly TargetReading[]): Omit<JoinedIndex, 'sha256' | 'neverRead' | 'joinedAt'> {
  const sorted = readings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const of = (status: TargetReading['status']) => sorted.filter((one) => one.status === status);
  const withError = (status: TargetReading['status']) =>
    of(status).map(({ name, error = '' }): [string, string] => [name, error]);
  const times = of('read').flatMap(({ observedAt }) => observedAt?.getTime() ?? []);
  const allowed = of('read').flatMap(({ name, allowedImages }): [string, AllowedImages][] =>
    allowedImages ? [[name, allowedImages]] : [],
  );
  const unmatched = unmatchedIn(readings, 'unmatched');
  const unmatchedLookups = unmatchedIn(readings, 'unmatchedLookups');
  return {
    ...(unmatched.length > 0 && { unmatched }),
    ...(unmatchedLookups.length > 0 && { unmatchedLookups }),
    ...(times.length > 0 && { oldest: new Date(times.reduce((first, time) => Math.min(first, time))) }),
    read: of('read').map(({ name }) => name),
    unread: withError('unreadable'),
    listed: sorted.flatMap(({ name, isListed }) => (isListed === true ? [name] : [])),
    parametersUnread: sorted.flatMap(({ name, areParametersUnread }) => (areParametersUnread === true ? [name] : [])),
    ...(allowed.length > 0 && { allowedImages: allowed }),
    skipped: withError('skipped'),
  };
}

/**
 * The globs or lookups that match nothing: in no target, where all were read. Where one was not, what is unmatched in any may be
 * misspelled there, and nobody can tell.
 */
function unmatchedIn(readings: readonly TargetReading[], key: 'unmatched' | 'unmatchedLookups'): string[] {
  const targets = readings.filter(({ status }) => status !== 'skipped');
  const read = targets.flatMap(({ status, [key]: names = [] }) => (status === 'read' ? [names] : []));
  const named = [...new Set(read.flat())];
  return read.length < targets.length ? named : named.filter((glob) => read.every((list) => list.includes(glob)));
}

const TOO_OLD = `it was read more than ${READING_VALID_HOURS} hours before; read more accounts at a time (organizationAccountsAtATime), or start a new run`;

function isTooOld(observedAt: Date | undefined, now: Date): boolean {
  return observedAt === undefined || now.getTime() - observedAt.getTime() > READING_VALID_HOURS * HOUR;
}
