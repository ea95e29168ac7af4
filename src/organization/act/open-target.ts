import type { Clients } from '../../aws/clients.ts';
import type { OtherAccounts } from '../../execute/enforcement.ts';
import { acquireLock, type RunLock } from '../../execute/lock.ts';
import { readUsage } from '../../inventory/usage-reports.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Account } from '../../model/account.ts';
import type { References } from '../../model/reference.ts';
import { type AccountReader, awsAccountReader } from '../../observe/account-reader.ts';
import { withJournal } from '../../observe/read-account.ts';
import { parseRecording } from '../../recording/read.ts';
import { gatherReferences } from '../../references/gather.ts';
import { FINDERS } from '../../references/registry.ts';
import { ageOf, type JoinedIndex, joinedLists } from '../join/joined.ts';
import { oneOfMany } from '../read/outgoing-references.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT, regionTargetName } from '../s3-keys.ts';
import { type Member, openMember, ownersSsm } from '../targets/member.ts';
import { consumersOpinion } from './consumers.ts';
import { crossAccountReader } from './cross-account-reader.ts';
import { RunLedger } from './ledger.ts';
import { SharedSince } from './shared-since.ts';

/** A target as a round finds it: its clients, and the way to read it across accounts. */
export interface OpenTarget {
  readonly clients: Clients;
  readonly reader: AccountReader;
  /** The same over the run's recording of the target, while that is as young as what is known of the others. */
  readonly recorded?: AccountReader;
  readonly others: OtherAccounts;
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

const OBSERVER = { onSource: () => {} };

/**
 * Opens a target: with the role that may act where the run acts, and else with the one that reads.
 * @param iteration of the organization, whose join this is
 * @throws LockedError where another run acts there, or another invocation of this one
 */
export async function openTarget(context: TargetContext, index: JoinedIndex, iteration: number): Promise<OpenTarget> {
  const { run, store, target, home, clock, logger } = context;
  const { runId, mode, policy } = run;
  const members: Member[] = [];
  let lock: RunLock | undefined;
  const close = async () => {
    const problem = await lock?.release();
    if (problem !== undefined) logger.warn(problem, { ...target });
    for (const member of members) member.destroy();
  };
  try {
    const member = await openMember(context, target.accountId, mode === 'enforce' ? 'act' : 'read');
    members.push(member);
    const own = member.at(target.region);
    if (mode === 'enforce') lock = await acquireLock({ ssm: own.ssm, runId, clock });
    const ledger = await RunLedger.open(store, target);
    // The policy's documents lie where the janitor can read them.
    const clients = { ...own, ownersSsm: ownersSsm(context, members), s3: home.s3 };
    const journal = new JournalReader({ s3: home.s3, bucket: store.bucket });
    const sha256 = index.sha256[regionTargetName(target)] ?? '';
    const joined = await store.needJson(OBJECT.joinedFor(target, iteration), joinedLists, sha256);
    const age = ageOf(index);
    // A later round has changed what was recorded.
    const isRecorded = mode === 'dry-run' || (ledger.iteration === 1 && clock() <= age.until);
    const recording = isRecorded ? await recordingOf(context, joined.recording) : undefined;
    const sharedSince = await SharedSince.open(store, target);
    const settings = oneOfMany(policy);
    const base = awsAccountReader({ clients, settings, observer: OBSERVER, clock, journal });
    const account = recording && (() => withJournal(recording, { journal, observer: OBSERVER }));
    const usage = (imageIds: Parameters<typeof readUsage>[1]) => readUsage(clients.ec2, imageIds);
    const across = (one: AccountReader) => crossAccountReader({ base: one, joined, index, usage, sharedSince, clock });
    return {
      clients,
      reader: across(base),
      ...(account && { recorded: across({ ...base, account }) }),
      others: { ...age, askSecondOpinion: consumersOpinion(context) },
      journal,
      sharedSince,
      ...(lock && { lock }),
      ledger,
      references: () => gatherReferences(FINDERS, clients, settings, OBSERVER),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The recording of this run; nothing where it is not what it should be. */
async function recordingOf({ store, target }: TargetContext, sha256: string | undefined): Promise<Account | undefined> {
  const text = sha256 === undefined ? undefined : await store.readText(OBJECT.inventory(target), sha256);
  const parsed = text === undefined ? undefined : parseRecording(text);
  return parsed?.ok === true ? parsed.account : undefined;
}
