import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { Requests } from '../aws/requests.ts';
import { readAncestry } from '../inventory/ancestry.ts';
import { readSharing, readSnapshotDetails } from '../inventory/details.ts';
import { readTimedTarget } from '../inventory/identity.ts';
import { readImages } from '../inventory/images.ts';
import { readRecycleBin } from '../inventory/recycle-bin.ts';
import { readRetentionRules } from '../inventory/retention-rules.ts';
import { readTierings } from '../inventory/snapshot-tiers.ts';
import { readSnapshots } from '../inventory/snapshots.ts';
import { readUsage } from '../inventory/usage-reports.ts';
import type { JournalReader } from '../journal/reader.ts';
import type { Account, Target } from '../model/account.ts';
import { JanitorError } from '../model/errors.ts';
import { type JournalReading, NO_JOURNAL } from '../model/journal.ts';
import type { SourceReading } from '../model/reference.ts';
import type { ReferenceSettings } from '../model/reference-settings.ts';
import type { MissingDetails } from '../plan/candidate.ts';
import { LOOKUPS, withLookups } from '../policy/decision/lookups.ts';
import { type GatherObserver, gatherReferences } from '../references/gather.ts';
import { FINDERS } from '../references/registry.ts';

/** What an observation needs. */
export interface ObserveRequest {
  readonly clients: Clients;
  readonly settings: ReferenceSettings;
  readonly observer: GatherObserver;
  readonly clock: () => Date;
  /** Where this tool's own acts are written down; without it, nothing that only a record proves is believed. */
  readonly journal?: JournalReader | undefined;
}

/** The images could not be listed, so that there is nothing to decide about. */
class InventoryError extends JanitorError {
  override readonly name = 'InventoryError';
}

/**
 * Reads the account: images, snapshots and every source of references, side by side.
 * @throws InventoryError where the account or its images can't be read; anything else that can't be read is
 * said in the account, and keeps every image
 */
export async function observeAccount(request: ObserveRequest): Promise<Account> {
  const { clients, settings, observer, clock } = request;
  // The time before the first request: what comes to be afterwards was not seen.
  const observedAt = clock();
  // Alone and first: without a network or credentials, one sentence says so, and not one for each source.
  const { target, clock: clockReading } = await readTimedTarget(clients, clock).catch((error: unknown) => {
    throw new InventoryError(
      `the account could not be identified (sts:GetCallerIdentity): ${failureOf(error).sentence}`,
      { cause: error },
    );
  });
  const [images, snapshots, references, journal] = await Promise.all([
    readInventory('images', observer, (requests) => readImages(clients, requests)),
    readInventory('snapshots', observer, (requests) => readSnapshots(clients, requests)),
    gatherReferences(FINDERS, clients, settings, observer),
    readJournal(target, request),
  ]);
  if (images.reading.status === 'unreadable')
    throw new InventoryError(`the images could not be read (ec2:DescribeImages): ${images.reading.error}`);
  const account: Account = {
    target,
    observedAt,
    images: images.list,
    snapshots: snapshots.list,
    references,
    inventory: [images.reading, snapshots.reading, ...journal.rows],
    sharing: new Map(),
    snapshotDetails: new Map(),
    tierings: new Map(),
    recycleBin: new Map(),
    retentionRules: new Map(),
    ancestry: new Map(),
    journal: journal.journal,
    clock: clockReading,
  };
  const observed = withLookups(account, settings, observedAt);
  for (const row of observed.references.sources) if (row.name === LOOKUPS) observer.onSource(row);
  return observed;
}

/** Adds what only further calls say of the images and snapshots that a plan would touch. */
export async function observeDetails(
  account: Account,
  missing: MissingDetails,
  request: ObserveRequest,
): Promise<Account> {
  const { clients, observer } = request;
  const count = (source: string) => new Requests(() => observer.onCall?.(source));
  const disabled = new Set(account.images.filter(({ state }) => state === 'disabled').map(({ imageId }) => imageId));
  const { accountId, region } = account.target;
  const asked = new Set(missing.ancestry);
  const descendants = account.images.filter(({ imageId }) => asked.has(imageId));
  const [shared, publicUsage, snapshots, tierings, recycleBin, retentionRules, ancestry] = await Promise.all([
    readSharing(clients, count('launch-permissions'), { imageIds: missing.sharing, disabled, accountId }),
    readUsage(clients.ec2, missing.publicUsage),
    readSnapshotDetails(clients, count('snapshot-details'), missing.snapshotDetails),
    readTierings(clients.ec2, missing.tierings, count('snapshot-tiers')),
    readRecycleBin(clients, count('recycle-bin'), missing.recycleBin),
    readRetentionRules(clients, count('retention-rules'), missing.retentionRules),
    readAncestry(clients, count('image-ancestry'), descendants, region),
  ]);
  return {
    ...account,
    // What is gone since it was listed is gone, and nothing else is less known for it.
    images: account.images.filter(({ imageId }) => !shared.gone.has(imageId) && !ancestry.gone.has(imageId)),
    snapshots: account.snapshots.filter(({ snapshotId }) => !snapshots.gone.has(snapshotId)),
    sharing: new Map([...account.sharing, ...shared.readings]),
    publicUsage: new Map([...(account.publicUsage ?? []), ...publicUsage]),
    snapshotDetails: new Map([...account.snapshotDetails, ...snapshots.readings]),
    tierings: new Map([...account.tierings, ...tierings]),
    recycleBin: new Map([...account.recycleBin, ...recycleBin]),
    retentionRules: new Map([...account.retentionRules, ...retentionRules]),
    ancestry: new Map([...account.ancestry, ...ancestry.readings]),
  };
}

const JOURNAL = 'journal';

/** An account with its journal as it is now, in place of the one that was recorded with it. */
export async function withJournal(
  account: Account,
  request: Pick<ObserveRequest, 'journal' | 'observer'>,
): Promise<Account> {
  const { journal, rows } = await readJournal(account.target, request);
  return { ...account, journal, inventory: [...account.inventory.filter(({ name }) => name !== JOURNAL), ...rows] };
}

/** The journal, and its row among the sources; none where there is no journal. */
async function readJournal(
  target: Target,
  { journal: reader, observer }: Pick<ObserveRequest, 'journal' | 'observer'>,
): Promise<{ readonly journal: JournalReading; readonly rows: readonly SourceReading[] }> {
  if (reader === undefined) return { journal: NO_JOURNAL, rows: [] };
  const requests = new Requests(() => observer.onCall?.(JOURNAL));
  const journal = await reader.read(target, requests);
  const calls = requests.calls;
  const records = journal.status === 'read' ? journal.images.size + journal.snapshots.size : 0;
  const row: SourceReading =
    journal.status === 'read'
      ? { name: JOURNAL, status: 'read', references: records, calls, read: records }
      : { name: JOURNAL, status: 'unreadable', references: 0, calls, error: journal.error };
  observer.onSource(row);
  return { journal, rows: [row] };
}

/** A part of the inventory, empty where it could not be read, and its row among the sources. */
async function readInventory<Item>(
  name: string,
  observer: GatherObserver,
  read: (requests: Requests) => Promise<readonly Item[]>,
): Promise<{ readonly list: readonly Item[]; readonly reading: SourceReading }> {
  const requests = new Requests(() => observer.onCall?.(name));
  let list: readonly Item[] = [];
  let error: string | undefined;
  try {
    list = await read(requests);
  } catch (cause) {
    error = failureOf(cause).sentence;
  }
  const row = { name, references: list.length, calls: requests.calls };
  const reading: SourceReading =
    error === undefined ? { ...row, status: 'read', read: list.length } : { ...row, status: 'unreadable', error };
  observer.onSource(reading);
  return { list, reading };
}
