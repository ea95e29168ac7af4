import pLimit from 'p-limit';
import type { Clients } from '../../aws/clients.ts';
import { failureOf } from '../../aws/errors.ts';
import { acquireLock, type RunLock } from '../../execute/lock.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Account, CrossAccountUsage, UsageReading } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import type { SearchPattern } from '../../model/policy.ts';
import type { Reference, References } from '../../model/reference.ts';
import { type AccountReader, awsAccountReader } from '../../observe/account-reader.ts';
import { withJournal } from '../../observe/read-account.ts';
import { sharedWith } from '../../policy/decision/sharing.ts';
import { parseRecording } from '../../recording/read.ts';
import { gatherReferences } from '../../references/gather.ts';
import { FINDERS } from '../../references/registry.ts';
import { withCrossAccountUsage, withReferences } from '../join/cross-account-usage.ts';
import { fromTarget, type Joined } from '../join/join.ts';
import { type JoinedIndex, joinedLists } from '../join/join-targets.ts';
import { oneOfMany, ownedIds } from '../read/outgoing-references.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT, regionTargetName } from '../s3-keys.ts';
import { type Member, openMember, ownersSsm } from '../targets/member.ts';
import { RunLedger } from './ledger.ts';
import { readUsage } from './usage-reports.ts';

/** A target as an iteration finds it: its clients, and the way to read it across accounts. */
export interface OpenTarget {
  readonly clients: Clients;
  readonly reader: AccountReader;
  /** Of this account and Region, in the janitor's own bucket. */
  readonly journal: JournalReader;
  /** Held by this invocation alone; absent in a dry run, which does nothing. */
  readonly lock?: RunLock;
  /** Opened after the lock was taken: nobody else writes it meanwhile. */
  readonly ledger: RunLedger;
  /** Reads the target's own references anew. */
  readonly references: () => Promise<References>;
  /** Gives the lock back, too. */
  readonly close: () => Promise<void>;
}

/** Of a run that acts, the recording stands in for the first reading while it is as fresh as a reading may be. */
const RECORDING_MILLISECONDS = 5 * 60_000;
const OBSERVER = { onCall: () => {}, onSource: () => {} };

/**
 * Opens a target: with the role that may act where the run acts, and else with the one that reads.
 * @throws LockedError where another run acts there, or another invocation of this one
 */
export async function openTarget(context: TargetContext, index: JoinedIndex): Promise<OpenTarget> {
  const { run, store, target, home, clock, logger } = context;
  const { runId, mode, policy } = run;
  const members: Member[] = [];
  let lock: RunLock | undefined;
  const open = async (accountId: string, role: 'read' | 'act'): Promise<Clients> => {
    const member = await openMember(context, accountId, role);
    members.push(member);
    return member.at(target.region);
  };
  const close = async () => {
    const problem = await lock?.release();
    if (problem !== undefined) logger.warn(problem, { ...target });
    for (const member of members) member.destroy();
  };
  const gather = (from: Clients, documents: readonly SearchPattern[]) =>
    gatherReferences(FINDERS, from, { ...oneOfMany(policy), documents }, OBSERVER);
  try {
    const own = await open(target.accountId, mode === 'enforce' ? 'act' : 'read');
    const others = { ownersSsm: ownersSsm(context, members) };
    if (mode === 'enforce') lock = await acquireLock({ ssm: own.ssm, runId, clock });
    const ledger = await RunLedger.open(store, target);
    // The policy's documents lie where the janitor can read them.
    const clients = { ...own, ...others, s3: home.s3 };
    const journal = new JournalReader({ s3: home.s3, bucket: store.bucket });
    const sha256 = index.sha256[regionTargetName(target)] ?? '';
    const joined = await store.needJson(OBJECT.joinedFor(target), joinedLists, sha256);
    // A later iteration has changed what was recorded.
    const isRecorded = ledger.iteration === 1 || mode === 'dry-run';
    const recording = isRecorded ? await recordingOf(context, joined.recording) : undefined;
    const reader = crossAccountReader({
      base: awsAccountReader({ clients, settings: oneOfMany(policy), observer: OBSERVER, clock, journal }),
      recorded: recording && (await withJournal(recording, { journal, observer: OBSERVER })),
      joined,
      index,
      references: async (accountId) => gather({ ...(await open(accountId, 'read')), ...others }, []),
      usage: (imageIds) => readUsage(clients.ec2, imageIds),
    });
    const references = () => gather(clients, policy.references.documents);
    return { clients, reader, journal, ...(lock && { lock }), ledger, references, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The recording of this run; nothing where it is not what it should be, or too old to act on. */
async function recordingOf(
  { run, store, target, clock }: TargetContext,
  sha256: string | undefined,
): Promise<Account | undefined> {
  const text = sha256 === undefined ? undefined : await store.readText(OBJECT.inventory(target), sha256);
  const parsed = text === undefined ? undefined : parseRecording(text);
  if (parsed?.ok !== true) return undefined;
  const age = clock().getTime() - parsed.account.observedAt.getTime();
  return run.mode === 'dry-run' || age <= RECORDING_MILLISECONDS ? parsed.account : undefined;
}

/** What reading a target across accounts needs. */
interface CrossAccountRequest {
  /** Reads the target itself. */
  readonly base: AccountReader;
  /** Stands in for the first reading, where it is recent enough: that one then rests on the join alone. */
  readonly recorded: Account | undefined;
  readonly joined: Joined;
  readonly index: JoinedIndex;
  /** Reads the references of another account in the same Region, from AWS. */
  readonly references: (accountId: string) => Promise<References>;
  readonly usage: (imageIds: readonly ImageId[]) => Promise<ReadonlyMap<ImageId, UsageReading>>;
}

const ACCOUNTS_AT_A_TIME = 8;

/**
 * Reads a target with what other accounts use of it. From the second reading on, the accounts that the asked images are
 * shared with are read anew, each once in a reading: what began to use an image since the join is seen. An account that
 * can't be read then counts as unread, and keeps what is shared with it.
 */
function crossAccountReader(request: CrossAccountRequest): AccountReader {
  const { base, joined, index } = request;
  let { recorded } = request;
  let isRecorded = false;
  let asked = new Set<string>();
  const readConsumers = async (account: Account): Promise<Account> => {
    const limit = pLimit(ACCOUNTS_AT_A_TIME);
    const consumers = consumersOf(account).filter((accountId) => !asked.has(accountId));
    asked = asked.union(new Set(consumers));
    const changes = consumers.map((accountId) =>
      limit(() => request.references(accountId)).then(
        (references) => (all: Account) => withReading(all, accountId, references),
        (error: unknown) => (all: Account) => withUnread(all, accountId, failureOf(error).sentence),
      ),
    );
    return (await Promise.all(changes)).reduce((all, change) => change(all), account);
  };
  return {
    ...base,
    account: async () => {
      const recording = recorded;
      isRecorded = recording !== undefined;
      recorded = undefined;
      asked = new Set();
      return withCrossAccountUsage(recording ?? (await base.account()), joined, index);
    },
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      const all = withUsage(known, (before) => ({ usage: new Map([...before.usage, ...usage]) }));
      return isRecorded ? all : readConsumers(all);
    },
  };
}

/** The accounts that any image asked about is shared with, and that count as read so far. */
function consumersOf({ images, sharing, target, crossAccountUsage }: Account): string[] {
  const read = crossAccountUsage?.read ?? new Set();
  const shared = images.flatMap((image) => {
    const one = sharing.get(image.imageId);
    return one?.status === 'read' ? sharedWith(image, one) : [];
  });
  // Who belongs to an organization or a unit is not looked up: every target may.
  const everyone = shared.some(({ organizations }) => organizations.length > 0);
  const named = everyone ? read : new Set(shared.flatMap(({ accounts }) => accounts));
  return [...named].filter((accountId) => accountId !== target.accountId && read.has(accountId));
}

function withReading(account: Account, accountId: string, references: References): Account {
  const from = { accountId, region: account.target.region };
  const own = new Set(ownedIds(account));
  const ofOwn = <Id extends string>(lists: ReadonlyMap<Id, readonly Reference[]>) =>
    new Map(
      [...lists].flatMap(([id, list]) =>
        own.has(id) ? [[id, list.map((reference) => fromTarget(from, reference))] as const] : [],
      ),
    );
  const used = { images: ofOwn(references.images), snapshots: ofOwn(references.snapshots) };
  const all = { ...account, references: withReferences(account.references, used) };
  const unread = references.sources.find(({ status }) => status === 'unreadable');
  return unread?.status === 'unreadable' ? withUnread(all, accountId, `${unread.name}: ${unread.error}`) : all;
}

function withUnread(account: Account, accountId: string, why: string): Account {
  return withUsage(account, ({ read, unread }) => ({
    read: read.difference(new Set([accountId])),
    unread: new Map([...unread, [accountId, `read again: ${why}`]]),
  }));
}

function withUsage(account: Account, change: (known: CrossAccountUsage) => Partial<CrossAccountUsage>): Account {
  const { crossAccountUsage: known } = account;
  return known === undefined ? account : { ...account, crossAccountUsage: { ...known, ...change(known) } };
}
