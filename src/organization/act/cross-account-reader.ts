import type { readUsage } from '../../inventory/usage-reports.ts';
import type { Account, CrossAccountUsage } from '../../model/account.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import {
  type Reference,
  type References,
  type SourceReading,
  whyLookupsAreUnmatched,
  whyUnmatched,
} from '../../model/reference.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import type { Joined } from '../join/join.ts';
import type { JoinedIndex, JoinedLists } from '../join/joined.ts';
import { type RegionTarget, regionTargetOf } from '../s3-keys.ts';
import type { SharedSince } from './shared-since.ts';

interface CrossAccountRequest {
  /** Reads the target itself. */
  readonly base: AccountReader;
  readonly joined: JoinedLists;
  readonly index: JoinedIndex;
  readonly usage: (imageIds: readonly ImageId[]) => ReturnType<typeof readUsage>;
  readonly sharedSince: SharedSince;
  readonly clock: () => Date;
}

/** Reads a target with what other accounts use of it, as the join found that. */
export function crossAccountReader(request: CrossAccountRequest): AccountReader {
  const { base, joined, index, sharedSince, clock } = request;
  return {
    ...base,
    account: async () => withCrossAccountUsage(await base.account(), joined, index),
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      return withUsage(known, usage, sharedSince.seen(known, clock()));
    },
  };
}

function withUsage(
  account: Account,
  usage: Awaited<ReturnType<typeof readUsage>>,
  sharedSince: ReadonlyMap<ImageId, Date>,
): Account {
  const { crossAccountUsage: known } = account;
  if (known === undefined) return account;
  return { ...account, crossAccountUsage: { ...known, usage: new Map([...known.usage, ...usage]), sharedSince } };
}

/** The source that is unreadable where another Region of the same account could not be read. */
const OTHER_REGIONS = 'other-regions';
/** The source that is unreadable where a glob of the policy's matches nothing in any target. */
const NAMES = 'names-of-all-targets';
/** The source that is unreadable where a lookup of the policy's finds nothing in any target. */
const LOOKUPS = 'lookups-of-all-targets';

/**
 * What a target knows of the other accounts: an account counts as read only where this Region of it was read completely,
 * and of all its others at least the images were listed, since a used copy may lie in any of them. Where more of such a
 * Region could not be read, every copy there counts as used. One that is no target here is in neither list.
 */
export function crossAccountUsageOf(index: JoinedIndex, { region }: RegionTarget): CrossAccountUsage {
  const unread = new Map<string, string>();
  const neverRead = new Set<string>();
  const confined = confinedIn(index);
  for (const [name, why] of index.unread) {
    const target = regionTargetOf(name);
    if (target.region !== region && confined.has(name)) continue;
    unread.set(target.accountId, unread.get(target.accountId) ?? `${target.region}: ${why}`);
    if (index.neverRead.includes(name)) neverRead.add(target.accountId);
  }
  const here = index.read.map(regionTargetOf).filter((target) => target.region === region);
  return {
    read: new Set(here.map(({ accountId }) => accountId).filter((accountId) => !unread.has(accountId))),
    unread,
    usage: new Map(),
    neverRead,
    allowedImages: new Map(
      (index.allowedImages ?? []).flatMap(([name, settings]) => {
        const target = regionTargetOf(name);
        return target.region === region ? [[target.accountId, settings] as const] : [];
      }),
    ),
  };
}

/**
 * An account with what others use of it. Unreadable counts another of its own Regions whose images were not listed, since
 * a used copy may lie there, and a glob or lookup that matches nothing in any target: what it should have named is unknown.
 */
export function withCrossAccountUsage(account: Account, joined: JoinedLists, index: JoinedIndex): Account {
  const { accountId, region } = account.target;
  const { unmatched = [], unmatchedLookups: lookups = [] } = index;
  const confined = confinedIn(index);
  const elsewhere = index.unread.flatMap(([name, why]) => {
    const target = regionTargetOf(name);
    const isOther = target.accountId === accountId && target.region !== region && !confined.has(name);
    return isOther ? [`${target.region}, where used copies may lie, or a parameter that names the image: ${why}`] : [];
  });
  const references = withReferences(account.references, joined);
  const sources = [
    ...references.sources,
    ...(unmatched.length > 0 ? [unreadable(NAMES, whyUnmatched(unmatched, 'in any target'))] : []),
    ...(lookups.length > 0 ? [unreadable(LOOKUPS, whyLookupsAreUnmatched(lookups, 'of any target'))] : []),
    ...elsewhere.slice(0, 1).map((error) => unreadable(OTHER_REGIONS, error)),
  ];
  const { lastUsedBy } = joined;
  const crossAccountUsage = { ...crossAccountUsageOf(index, account.target), lastUsedBy };
  return { ...account, references: { ...references, sources }, crossAccountUsage };
}

/** The unread targets that matter in their own Region alone: their copies are known, and what their parameters name. */
function confinedIn({ listed, parametersUnread }: JoinedIndex): ReadonlySet<string> {
  return new Set(listed).difference(new Set(parametersUnread));
}

function unreadable(name: string, error: string): SourceReading {
  return { name, status: 'unreadable', references: 0, calls: 0, error };
}

/** References with further ones; what is known already does not stand twice. */
function withReferences(references: References, more: Joined): References {
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
