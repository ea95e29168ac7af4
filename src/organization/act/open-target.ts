import type { Clients } from '../../aws/clients.ts';
import { JournalReader } from '../../journal/reader.ts';
import type { Account } from '../../model/account.ts';
import type { SearchedPlace } from '../../model/policy.ts';
import type { References } from '../../model/reference.ts';
import { type AccountReader, awsAccountReader } from '../../observe/account-reader.ts';
import { withJournal } from '../../observe/read-account.ts';
import { parseRecording } from '../../recording/read.ts';
import { gatherReferences } from '../../references/gather.ts';
import { FINDERS } from '../../references/registry.ts';
import type { Joined } from '../join/join.ts';
import { checkAge, joinedIndex, joinedLists } from '../join/join-targets.ts';
import { oneOfMany } from '../read/outgoing-references.ts';
import { withOwnDocuments } from '../read/read-target.ts';
import { OBJECT } from '../s3-keys.ts';
import type { RegionTargetRequest } from '../target-request.ts';
import { type Member, openMember } from '../targets/member.ts';
import { crossAccountReader } from './cross-account-reader.ts';
import { readUsage } from './usage-reports.ts';

/** A place as a round finds it: its clients, and the way to look at it across accounts. */
export interface OpenTarget {
  readonly clients: Clients;
  readonly reader: AccountReader;
  /** Of this account and Region, in the janitor's own bucket. */
  readonly journal: JournalReader;
  /** Reads the place's own references anew. */
  readonly references: () => Promise<References>;
  readonly destroy: () => void;
}

/** Of a run that acts, the recording stands in for the first look while it is as fresh as a look may be. */
const RECORDING_MILLISECONDS = 5 * 60_000;
const OBSERVER = { onCall: () => {}, onSource: () => {} };

/** Opens a place: with the role that may act where the run acts, and else with the one that reads. */
export async function openTarget(request: RegionTargetRequest, isFirstRound: boolean): Promise<OpenTarget> {
  const { run, store, place, home, settings, clock } = request;
  const { runId, mode } = run.record;
  const index = await store.needJson(OBJECT.joined, joinedIndex);
  if (mode === 'enforce') checkAge(index, clock());
  const open = (accountId: string, duty: 'read' | 'act') =>
    openMember({ sts: home.sts, settings, accountId, duty, runId, clock });
  const own = await open(place.accountId, mode === 'enforce' ? 'act' : 'read');
  const clients = withOwnDocuments(own.at(place.region), home);
  const others: Member[] = [];
  const gather = (from: Clients, documents: readonly SearchedPlace[]) =>
    gatherReferences(FINDERS, from, { ...oneOfMany(run.policy), documents }, OBSERVER);
  const referencesOf = async (accountId: string): Promise<References> => {
    const member = await open(accountId, 'read');
    others.push(member);
    return gather(member.at(place.region), []);
  };
  const journal = new JournalReader({ s3: home.s3, bucket: store.bucket });
  const recording = isFirstRound || mode === 'dry-run' ? await recordingOf(request) : undefined;
  const recorded = recording && (await withJournal(recording, { journal, observer: OBSERVER }));
  const reader = crossAccountReader({
    base: awsAccountReader({ clients, settings: oneOfMany(run.policy), observer: OBSERVER, clock, journal }),
    ...(recorded !== undefined && { recorded }),
    joined: await joinedOf(request),
    index,
    references: referencesOf,
    usage: (imageIds) => readUsage(clients.ec2, imageIds),
    trustsJoinAtFirst: recorded !== undefined,
  });
  const destroy = () => {
    for (const member of [own, ...others]) member.destroy();
  };
  return { clients, reader, journal, references: () => gather(clients, run.policy.references.documents), destroy };
}

/** The recording of this run; nothing where it is not what it should be, or too old to act on. */
async function recordingOf({ run, store, place, clock }: RegionTargetRequest): Promise<Account | undefined> {
  const text = await store.readText(OBJECT.inventory(place));
  const parsed = text === undefined ? undefined : parseRecording(text);
  if (parsed?.ok !== true) return undefined;
  const age = clock().getTime() - parsed.account.observedAt.getTime();
  return run.record.mode === 'dry-run' || age <= RECORDING_MILLISECONDS ? parsed.account : undefined;
}

async function joinedOf({ store, place }: RegionTargetRequest): Promise<Joined> {
  const lists = await store.needJson(OBJECT.joinedFor(place), joinedLists);
  return { images: new Map(lists.images), snapshots: new Map(lists.snapshots) };
}
