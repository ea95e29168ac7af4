import {
  type Account,
  OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { Clients } from '../../aws/clients.ts';
import { failureOf } from '../../aws/errors.ts';
import { itemsOf } from '../../aws/requests.ts';
import type { TargetSettings } from '../../model/policy.ts';
import { OBJECT } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { readRegions, TargetError } from './member.ts';
import type { SkippedRow, TargetRow } from './targets.ts';

interface ListRequest {
  readonly store: Store;
  readonly home: Clients;
  /** Absent: this account alone. */
  readonly settings: TargetSettings | undefined;
  /** The Regions that the event names, instead of the policy's. */
  readonly regions: readonly string[] | undefined;
  readonly ownAccountId: string;
}

/** An account as AWS Organizations or the policy names it. */
interface NamedAccount {
  readonly accountId: string;
  readonly name?: string;
  /** AWS's own word: `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …; absent where only the policy names the account. */
  readonly state?: string;
}

/** As many accounts as AWS Organizations answers with on a page. */
const PAGE = 20;
const TRIES = 12;

/** Finds the accounts and Regions of a run, and writes the manifest that the state machine goes through. */
export async function listTargets(request: ListRequest): Promise<Targets & { readonly sha256: string }> {
  const { store, home, settings, ownAccountId } = request;
  const accounts = settings === undefined ? [{ accountId: ownAccountId }] : await accountsOf(settings, home.region);
  const targets = makeTargets({ accounts, except: settings?.except ?? [], regions: await regionsOf(request) });
  await store.writeJson(OBJECT.skipped, targets.skipped);
  return { ...targets, sha256: await store.writeJson(OBJECT.targets, targets.rows) };
}

/** The accounts that the policy names, by their ids or by the units that they belong to. */
async function accountsOf(settings: TargetSettings, homeRegion: string): Promise<NamedAccount[]> {
  const named = settings.accounts.map((accountId) => ({ accountId }));
  if (settings.organizationalUnits.length === 0) return named;
  // AWS Organizations lives in one Region of each partition, and throttles early: it is asked patiently.
  const region = organizationsRegion(homeRegion);
  const client = new OrganizationsClient({ region, maxAttempts: TRIES, retryMode: 'adaptive' });
  try {
    return [...named, ...(await accountsBelow(client, settings.organizationalUnits))];
  } finally {
    client.destroy();
  }
}

function organizationsRegion(homeRegion: string): string {
  if (homeRegion.startsWith('cn-')) return 'cn-northwest-1';
  return homeRegion.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

/**
 * Every account below some organizational units or roots, however deep; whatever state it is in.
 * @throws TargetError where AWS Organizations can't be read: then nobody knows the targets
 */
async function accountsBelow(client: OrganizationsClient, parents: readonly string[]): Promise<NamedAccount[]> {
  const found: NamedAccount[] = [];
  const queue = [...new Set(parents)];
  const seen = new Set(queue);
  try {
    for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
      // A root holds every account there is: no need to walk down.
      const isRoot = parent.startsWith('r-');
      const accounts = isRoot
        ? paginateListAccounts({ client }, { MaxResults: PAGE })
        : paginateListAccountsForParent({ client }, { MaxResults: PAGE, ParentId: parent });
      for await (const account of itemsOf(accounts, 'Accounts')) found.push(...namedAccount(account));
      if (isRoot) continue;
      const units = paginateListOrganizationalUnitsForParent({ client }, { MaxResults: PAGE, ParentId: parent });
      for await (const { Id } of itemsOf(units, 'OrganizationalUnits')) {
        if (Id !== undefined && !seen.has(Id)) queue.push(Id);
        if (Id !== undefined) seen.add(Id);
      }
    }
  } catch (error) {
    const { kind, sentence } = failureOf(error);
    const next =
      kind === 'denied'
        ? '; let this account be a delegated administrator of AWS Organizations, or name the accounts (targets.accounts)'
        : '';
    throw new TargetError(`the accounts of the organization could not be listed: ${sentence}${next}`, {
      cause: error,
    });
  }
  // Units that the policy names may lie in each other.
  return [...new Map(found.map((account) => [account.accountId, account])).values()];
}

/** `State` took the place of `Status` in September 2026; older answers have the latter alone. */
function namedAccount({ Id, Name, State, Status }: Account): NamedAccount[] {
  if (Id === undefined) return [];
  return [{ accountId: Id, ...(Name !== undefined && { name: Name }), state: State ?? Status ?? 'of no known state' }];
}

/** Of `enabled`, every Region there is: whether an account has it is asked in the account. */
async function regionsOf({ home, settings, regions }: ListRequest): Promise<readonly string[]> {
  if (regions !== undefined) return regions;
  if (settings?.regions === 'enabled') return [...(await readRegions(home)).keys()].sort();
  return settings?.regions ?? [home.region];
}

interface Targets {
  readonly rows: readonly TargetRow[];
  readonly skipped: readonly SkippedRow[];
}

/**
 * The targets of a run: each account once, in order of ids; what is not active, excluded or named twice is said.
 * @param sources accounts in the order in which they were found; the same one can come more than once
 */
export function makeTargets(sources: {
  readonly accounts: readonly NamedAccount[];
  readonly except: readonly string[];
  readonly regions: readonly string[];
}): Targets {
  const { accounts, except, regions } = sources;
  const excluded = new Set(except);
  const skipped: SkippedRow[] = [];
  const rows = new Map<string, TargetRow>();
  const distinct = [...new Set(regions)];
  for (const [accountId, named] of Map.groupBy(accounts, (account) => account.accountId)) {
    const known = named.find(({ state }) => state !== undefined);
    if (excluded.has(accountId)) skipped.push({ accountId, reason: 'the policy leaves it out (targets.except)' });
    else if (known?.state !== undefined && known.state !== 'ACTIVE') {
      skipped.push({ accountId, reason: `AWS Organizations says that it is ${known.state}` });
    } else {
      const name = named.find((account) => account.name !== undefined)?.name;
      rows.set(accountId, { accountId, ...(name !== undefined && { name }), regions: distinct });
    }
    if (named.length > 1) skipped.push({ accountId, reason: `named ${named.length} times; it is read once` });
  }
  return {
    rows: [...rows.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    skipped: [...skipped, ...regionsNamedTwice(regions, [...rows.keys()])],
  };
}

function regionsNamedTwice(regions: readonly string[], [accountId]: readonly string[]): SkippedRow[] {
  if (accountId === undefined) return [];
  return [...Map.groupBy(regions, (region) => region)]
    .filter(([, named]) => named.length > 1)
    .map(([region, named]) => ({ accountId, region, reason: `named ${named.length} times; it is read once` }));
}
