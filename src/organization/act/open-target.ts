import type { Clients } from '../../aws/clients.ts';
import { acquireLock, type RunLock } from '../../execute/lock.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Account } from '../../model/account.ts';
import type { SearchPattern } from '../../model/policy.ts';
import type { References } from '../../model/reference.ts';
import { type AccountReader, awsAccountReader } from '../../observe/account-reader.ts';
import { withJournal } from '../../observe/read-account.ts';
import { parseRecording } from '../../recording/read.ts';
import { gatherReferences } from '../../references/gather.ts';
import { FINDERS } from '../../references/registry.ts';
import { type JoinedIndex, joinedLists } from '../join/joined.ts';
import { oneOfMany } from '../read/outgoing-references.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT, regionTargetName } from '../s3-keys.ts';
import { type Member, openMember, ownersSsm } from '../targets/member.ts';
import { crossAccountReader } from './cross-account-reader.ts';
import { RunLedger } from './ledger.ts';
import { SharedSince } from './shared-since.ts';
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
  readonly sharedSince: SharedSince;
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
    const sharedSince = await SharedSince.open(store, target);
    const reader = crossAccountReader({
      base: awsAccountReader({ clients, settings: oneOfMany(policy), observer: OBSERVER, clock, journal }),
      recorded: recording && (await withJournal(recording, { journal, observer: OBSERVER })),
      joined,
      index,
      references: async (accountId) => gather({ ...(await open(accountId, 'read')), ...others }, []),
      usage: (imageIds) => readUsage(clients.ec2, imageIds),
      sharedSince: (account) => sharedSince.seen(account, clock()),
    });
    const references = () => gather(clients, policy.references.documents);
    return { clients, reader, journal, sharedSince, ...(lock && { lock }), ledger, references, close };
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
