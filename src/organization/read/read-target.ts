import { failureOf } from '../../aws/errors.ts';
import { observeAccount } from '../../observe/read-account.ts';
import { recordingText } from '../../recording/write.ts';
import type { TargetContext } from '../run.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import { openMember, whyNotEnabled } from '../targets/member.ts';
import {
  nothingKnown,
  type OutgoingReferences,
  oneOfMany,
  outgoingReferencesOf,
  outgoingReferencesSchema,
  ownedIds,
} from './outgoing-references.ts';

/** How the reading of a target ended. */
export interface InventoryAnswer extends RegionTarget {
  readonly status: OutgoingReferences['status'];
}

/**
 * Reads a target and leaves for the others what it uses, what it owns and its recording. What this run has read
 * already is not read again; what can't be read is written down as that, and then thrown.
 */
export async function readRegionTarget(context: TargetContext): Promise<InventoryAnswer> {
  const { store, target, logger } = context;
  const known = await store.readJson(OBJECT.uses(target), outgoingReferencesSchema);
  if (known?.status === 'read' || known?.status === 'skipped') return { ...target, status: known.status };
  try {
    const references = await readReferences(context);
    if (references.status !== 'read') logger.warn('not read completely', { ...target, error: references.error });
    return { ...target, status: references.status };
  } catch (error) {
    const why = failureOf(error).sentence;
    // What an earlier attempt found still counts.
    if (known === undefined) await store.writeJson(OBJECT.uses(target), nothingKnown(why));
    throw new Error(`${target.accountId} ${target.region}: ${why}`, { cause: error });
  }
}

async function readReferences(context: TargetContext): Promise<OutgoingReferences> {
  const { run, store, target, home, members, clock, logger } = context;
  const member = await openMember(context, target.accountId, 'read');
  try {
    const why = await whyNotEnabled(member.at(members.homeRegion), target.region);
    if (why !== undefined) {
      const skipped: OutgoingReferences = { status: 'skipped', error: why };
      await store.writeJson(OBJECT.uses(target), skipped);
      return skipped;
    }
    const observer = {
      onCall: () => {},
      onSource: (reading: object) => logger.info('source read', { ...target, ...reading }),
    };
    // The policy's documents lie where the janitor can read them, whichever account is read.
    const clients = { ...member.at(target.region), s3: home.s3 };
    const account = await observeAccount({ clients, settings: oneOfMany(run.policy), observer, clock });
    const references = outgoingReferencesOf(account);
    // The references last: whoever finds them finds all.
    await store.writeText(OBJECT.owned(target), ownedIds(account).join('\n'));
    await store.writeText(OBJECT.inventory(target), recordingText(account));
    await store.writeJson(OBJECT.uses(target), references);
    return references;
  } finally {
    member.destroy();
  }
}
