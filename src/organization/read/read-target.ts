import { failureOf } from '../../aws/errors.ts';
import { Requests } from '../../aws/requests.ts';
import { readAllowedImages } from '../../inventory/account-settings.ts';
import { readImages } from '../../inventory/images.ts';
import { observeAccount } from '../../observe/read-account.ts';
import { recordingText } from '../../recording/write.ts';
import type { TargetContext } from '../run.ts';
import { lastUsesName, OBJECT, ORGANIZATION_PREFIX, type RegionTarget } from '../s3-keys.ts';
import { type Member, openMember, ownersSsm, readRegions, whyNotEnabled } from '../targets/member.ts';
import {
  copiesIn,
  type LeftOutRegion,
  nothingKnown,
  type OutgoingReferences,
  oneOfMany,
  outgoingReferencesOf,
  outgoingReferencesSchema,
  ownedIds,
} from './outgoing-references.ts';

/** What reading a target takes. */
export interface ReadRequest extends TargetContext {
  /** All Regions of the account that the run goes through; the first of them says what lies in the others. */
  readonly regions: readonly string[];
  /** Of the organization, from 1 on: each reads anew. */
  readonly iteration: number;
}

/** How the reading of a target ended. */
export interface InventoryAnswer extends RegionTarget {
  readonly status: OutgoingReferences['status'];
}

/**
 * Reads a target and leaves for the others what it uses and what it owns; the first time its recording, too. What
 * this iteration has read already is not read again; what can't be read is written down as that, and then thrown.
 */
export async function readRegionTarget(context: ReadRequest): Promise<InventoryAnswer> {
  const { store, target, logger, iteration } = context;
  const name = OBJECT.uses(target, iteration);
  const known = await store.readJson(name, outgoingReferencesSchema);
  if (known?.status === 'read' || known?.status === 'skipped') return { ...target, status: known.status };
  try {
    const references = await readReferences(context);
    if (references.status !== 'read') logger.warn('not read completely', { ...target, error: references.error });
    return { ...target, status: references.status };
  } catch (error) {
    const why = failureOf(error).sentence;
    // What an earlier attempt found still counts.
    if (known === undefined) await store.writeJson(name, nothingKnown(why));
    throw new Error(`${target.accountId} ${target.region}: ${why}`, { cause: error });
  }
}

async function readReferences(context: ReadRequest): Promise<OutgoingReferences> {
  const { run, store, target, regions, iteration, home, members, clock, logger } = context;
  const name = OBJECT.uses(target, iteration);
  const member = await openMember(context, target.accountId, 'read');
  const owners: Member[] = [];
  try {
    const known = await readRegions(member.at(members.homeRegion));
    const leftOut = target.region === regions[0] ? { leftOut: await readLeftOut(member, known, regions) } : {};
    const why = whyNotEnabled(known, target.region);
    if (why !== undefined) {
      const skipped: OutgoingReferences = { status: 'skipped', error: why, ...leftOut };
      await store.writeJson(name, skipped);
      return skipped;
    }
    const observer = { onSource: (reading: object) => logger.info('source read', { ...target, ...reading }) };
    // The policy's documents lie where the janitor can read them, whichever account is read.
    const clients = { ...member.at(target.region), s3: home.s3, ownersSsm: ownersSsm(context, owners) };
    const [account, allowedImages] = await Promise.all([
      observeAccount({ clients, settings: oneOfMany(run.policy), observer, clock }),
      readAllowedImages(clients),
    ]);
    const owned = await store.writeText(OBJECT.owned(target, iteration), ownedIds(account).join('\n'));
    // Later ones change what was recorded.
    const recording =
      iteration === 1 ? { recording: await store.writeText(OBJECT.inventory(target), recordingText(account)) } : {};
    const references = {
      ...outgoingReferencesOf(account, { owned, ...recording }),
      allowedImages,
      ...leftOut,
    };
    // The references last: whoever finds them finds all.
    // What-if questions leave no trace.
    if (references.status === 'read' && run.isLatest)
      await store.at(ORGANIZATION_PREFIX).writeJson(lastUsesName(target), references);
    await store.writeJson(name, references);
    return references;
  } finally {
    for (const one of [member, ...owners]) one.destroy();
  }
}

/**
 * The copies in the Regions that the account has enabled and the run does not go through. One that can't be listed may hold
 * any; that is said, and never thrown.
 */
async function readLeftOut(
  member: Member,
  known: ReadonlyMap<string, string>,
  regions: readonly string[],
): Promise<LeftOutRegion[]> {
  const requests = new Requests();
  const leftOut = [...known.keys()].filter(
    (region) => !regions.includes(region) && whyNotEnabled(known, region) === undefined,
  );
  const read = async (region: string): Promise<LeftOutRegion> => {
    try {
      const images = await readImages(member.at(region), requests);
      return { region, copies: copiesIn(images, region) };
    } catch (error) {
      const next = 'let the role that reads list images there, or name the Region in targets.regions';
      return {
        region,
        copies: [],
        error: `the run leaves it out, and its images could not be listed: ${failureOf(error).sentence}; ${next}`,
      };
    }
  };
  return requests.sendAll(leftOut, read);
}
