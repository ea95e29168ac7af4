import type { Account, CrossAccountUsage } from '../../model/account.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import { type Reference, type References, whyUnmatched } from '../../model/reference.ts';
import { type RegionTarget, regionTargetOf } from '../s3-keys.ts';
import type { Joined } from './join.ts';
import type { JoinedIndex } from './join-targets.ts';

/** The source that is unreadable where another Region of the same account could not be read. */
const OTHER_REGIONS = 'other-regions';
/** The source that is unreadable where a glob of the policy's matches nothing in any target. */
const PARAMETERS = 'parameters-of-all-targets';

/**
 * What a target knows of the other accounts: an account counts as read only where this Region of it was read completely,
 * and of all its others at least the images were listed, since a used copy may lie in any of them. Where more of such a
 * Region could not be read, every copy there counts as used. One that is no target here is in neither list.
 */
export function crossAccountUsageOf(index: JoinedIndex, { region }: RegionTarget): CrossAccountUsage {
  const unread = new Map<string, string>();
  const listed = new Set(index.listed);
  for (const [name, why] of index.unread) {
    const target = regionTargetOf(name);
    if (target.region !== region && listed.has(name)) continue;
    unread.set(target.accountId, unread.get(target.accountId) ?? `${target.region}: ${why}`);
  }
  const here = index.read.map(regionTargetOf).filter((target) => target.region === region);
  return {
    read: new Set(here.map(({ accountId }) => accountId).filter((accountId) => !unread.has(accountId))),
    unread,
    usage: new Map(),
  };
}

/** An account with what others use of it. Where the images of another of its own Regions were not listed, a used copy may lie there. */
export function withCrossAccountUsage(account: Account, joined: Joined, index: JoinedIndex): Account {
  const { accountId, region } = account.target;
  const crossAccountUsage = crossAccountUsageOf(index, account.target);
  const listed = new Set(index.listed);
  const unread = index.unread.find(([name]) => {
    const target = regionTargetOf(name);
    return target.accountId === accountId && target.region !== region && !listed.has(name);
  });
  const references = withUnmatched(withReferences(account.references, joined), index);
  if (unread === undefined) return { ...account, references, crossAccountUsage };
  const [name, why] = unread;
  const error = `${regionTargetOf(name).region}, where used copies may lie: ${why}`;
  const source = { name: OTHER_REGIONS, status: 'unreadable', references: 0, calls: 0, error } as const;
  return { ...account, references: { ...references, sources: [...references.sources, source] }, crossAccountUsage };
}

/** A glob that matches no parameter of any target is a mistake: what it should have named is unknown. */
function withUnmatched(references: References, { unmatched = [] }: JoinedIndex): References {
  if (unmatched.length === 0) return references;
  const error = whyUnmatched(unmatched, 'of any target');
  const source = { name: PARAMETERS, status: 'unreadable', references: 0, calls: 0, error } as const;
  return { ...references, sources: [...references.sources, source] };
}

/** References with further ones; what is known already does not stand twice. */
export function withReferences(references: References, more: Joined): References {
  return {
    ...references,
    images: merged<ImageId>(references.images, more.images),
    snapshots: merged<SnapshotId>(references.snapshots, more.snapshots),
  };
}

function merged<Id>(
  known: ReadonlyMap<Id, readonly Reference[]>,
  more: ReadonlyMap<Id, readonly Reference[]>,
): ReadonlyMap<Id, readonly Reference[]> {
  if (more.size === 0) return known;
  const all = new Map(known);
  for (const [id, references] of more) {
    const there = all.get(id) ?? [];
    const names = new Set(there.map(nameOf));
    all.set(id, [...there, ...references.filter((reference) => !names.has(nameOf(reference)))]);
  }
  return all;
}

function nameOf({ kind, resource, detail, accountId, region }: Reference): string {
  return JSON.stringify([kind, resource, detail, accountId, region]);
}
