import type { Clients } from '../../aws/clients.ts';
import type { Account } from '../../model/account.ts';
import { observeAccount } from '../../observe/read-account.ts';
import { recordingText } from '../../recording/write.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import type { RegionTargetRequest } from '../target-request.ts';
import { whyNotEnabled } from '../targets/enabled-region.ts';
import { openMember, sentenceOf } from '../targets/member.ts';
import {
  nothingKnown,
  type OutgoingReferences,
  oneOfMany,
  outgoingReferencesOf,
  outgoingReferencesSchema,
} from './outgoing-references.ts';

/** How the reading of a place ended. */
export interface InventoryAnswer extends RegionTarget {
  readonly status: OutgoingReferences['status'];
}

/**
 * Reads a place and leaves for the others what it uses, what it owns and its recording. What this run has read
 * already is not read again; what can't be read is written down as that, and then thrown.
 */
export async function readRegionTarget(request: RegionTargetRequest): Promise<InventoryAnswer> {
  const { store, place, logger } = request;
  const known = await store.readJson(OBJECT.uses(place), outgoingReferencesSchema);
  if (known?.status === 'read' || known?.status === 'skipped') return { ...place, status: known.status };
  try {
    const uses = await look(request);
    if (uses.status !== 'read') logger.warn('not read completely', { ...place, error: uses.error });
    return { ...place, status: uses.status };
  } catch (error) {
    const why = sentenceOf(error);
    // What an earlier try found still counts.
    if (known === undefined) await store.writeJson(OBJECT.uses(place), nothingKnown(why));
    throw new Error(`${place.accountId} ${place.region}: ${why}`, { cause: error });
  }
}

async function look(request: RegionTargetRequest): Promise<OutgoingReferences> {
  const { run, store, place, home, settings, clock, logger } = request;
  const { runId } = run.record;
  const { accountId, region } = place;
  const member = await openMember({ sts: home.sts, settings, accountId, duty: 'read', runId, clock });
  try {
    const why = await whyNotEnabled(member.at(settings.homeRegion), region);
    if (why !== undefined) {
      const skipped: OutgoingReferences = { status: 'skipped', error: why };
      await store.writeJson(OBJECT.uses(place), skipped);
      return skipped;
    }
    const observer = {
      onCall: () => {},
      onSource: (reading: object) => logger.info('source read', { ...place, ...reading }),
    };
    const clients = withOwnDocuments(member.at(region), home);
    const account = await observeAccount({ clients, settings: oneOfMany(run.policy), observer, clock });
    return await leave(store, place, account);
  } finally {
    member.destroy();
  }
}

/** The uses last: whoever finds them finds all. */
async function leave(store: Store, place: RegionTarget, account: Account): Promise<OutgoingReferences> {
  const uses = outgoingReferencesOf(account);
  const owned = [
    ...account.images.map(({ imageId }) => imageId),
    ...account.snapshots.map(({ snapshotId }) => snapshotId),
  ];
  await store.writeText(OBJECT.owned(place), owned.join('\n'));
  await store.writeText(OBJECT.inventory(place), recordingText(account));
  await store.writeJson(OBJECT.uses(place), uses);
  return uses;
}

/** The policy's documents lie where the janitor can read them, whichever account is looked at. */
export function withOwnDocuments(member: Clients, { s3 }: Pick<Clients, 's3'>): Clients {
  return { ...member, s3 };
}
