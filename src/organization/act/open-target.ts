import type { Clients } from '../../aws/clients.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Account } from '../../model/account.ts';
import type { SearchPattern } from '../../model/policy.ts';
import type { References } from '../../model/reference.ts';
import { type AccountReader, awsAccountReader } from '../../observe/account-reader.ts';
import { withJournal } from '../../observe/read-account.ts';
import { parseRecording } from '../../recording/read.ts';
import { gatherReferences } from '../../references/gather.ts';
import { FINDERS } from '../../references/registry.ts';
import { checkAge, joinedIndex, joinedLists } from '../join/join-targets.ts';
import { oneOfMany } from '../read/outgoing-references.ts';
import { withOwnDocuments } from '../read/read-target.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT } from '../s3-keys.ts';
import { type Member, openMember } from '../targets/member.ts';
import { crossAccountReader } from './cross-account-reader.ts';
import { readUsage } from './usage-reports.ts';

/** A target as an iteration finds it: its clients, and the way to read it across accounts. */
export interface OpenTarget {
  readonly clients: Clients;
  readonly reader: AccountReader;
  /** Of this account and Region, in the janitor's own bucket. */
  readonly journal: JournalReader;
  /** Reads the target's own references anew. */
  readonly references: () => Promise<References>;
  readonly destroy: () => void;
}

/** Of a run that acts, the recording stands in for the first reading while it is as fresh as a reading may be. */
const RECORDING_MILLISECONDS = 5 * 60_000;
const OBSERVER = { onCall: () => {}, onSource: () => {} };

/** Opens a target: with the role that may act where the run acts, and else with the one that reads. */
export async function openTarget(context: TargetContext, isFirst: boolean): Promise<OpenTarget> {
  const { run, store, target, home, members: settings, clock } = context;
  const { runId, mode, policy } = run;
  const index = await store.needJson(OBJECT.joined, joinedIndex);
  if (mode === 'enforce') checkAge(index, clock());
  const lists = await store.needJson(OBJECT.joinedFor(target), joinedLists);
  const members: Member[] = [];
  const open = async (accountId: string, role: 'read' | 'act'): Promise<Clients> => {
    const member = await openMember({ sts: home.sts, settings, accountId, role, runId, clock });
    members.push(member);
    return member.at(target.region);
  };
  const gather = (from: Clients, documents: readonly SearchPattern[]) =>
    gatherReferences(FINDERS, from, { ...oneOfMany(policy), documents }, OBSERVER);
  const clients = withOwnDocuments(await open(target.accountId, mode === 'enforce' ? 'act' : 'read'), home);
  const journal = new JournalReader({ s3: home.s3, bucket: store.bucket });
  const recording = isFirst || mode === 'dry-run' ? await recordingOf(context) : undefined;
  const recorded = recording && (await withJournal(recording, { journal, observer: OBSERVER }));
  const reader = crossAccountReader({
    base: awsAccountReader({ clients, settings: oneOfMany(policy), observer: OBSERVER, clock, journal }),
    ...(recorded && { recorded }),
    joined: { images: new Map(lists.images), snapshots: new Map(lists.snapshots) },
    index,
    references: async (accountId) => gather(await open(accountId, 'read'), []),
    usage: (imageIds) => readUsage(clients.ec2, imageIds),
  });
  const destroy = () => {
    for (const member of members) member.destroy();
  };
  return { clients, reader, journal, references: () => gather(clients, policy.references.documents), destroy };
}

/** The recording of this run; nothing where it is not what it should be, or too old to act on. */
async function recordingOf({ run, store, target, clock }: TargetContext): Promise<Account | undefined> {
  const text = await store.readText(OBJECT.inventory(target));
  const parsed = text === undefined ? undefined : parseRecording(text);
  if (parsed?.ok !== true) return undefined;
  const age = clock().getTime() - parsed.account.observedAt.getTime();
  return run.mode === 'dry-run' || age <= RECORDING_MILLISECONDS ? parsed.account : undefined;
}
