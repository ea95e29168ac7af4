import type { Clients } from '../../aws/clients.ts';
import type { TargetSettings } from '../../model/policy.ts';
import { OBJECT } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { readRegions } from './enabled-region.ts';
import { accountsBelow, type NamedAccount, organizationsClient } from './organization-accounts.ts';
import type { SkippedRow, TargetRow } from './targets.ts';

/** What finding the targets of a run takes. */
export interface ListRequest {
  readonly store: Store;
  readonly home: Clients;
  /** Absent: this account alone. */
  readonly settings: TargetSettings | undefined;
  /** The Regions that the event names, instead of the policy's. */
  readonly regions: readonly string[] | undefined;
  readonly ownAccountId: string;
}

/** Finds the accounts and Regions of a run, and writes the manifest that the state machine goes through. */
export async function listTargets(request: ListRequest): Promise<Targets> {
  const { store, home, settings, ownAccountId } = request;
  const accounts = settings === undefined ? [{ accountId: ownAccountId }] : await accountsOf(settings, home.region);
  const targets = makeTargets({ accounts, except: settings?.except ?? [], regions: await regionsOf(request) });
  await store.writeJson(OBJECT.skipped, targets.skipped);
  await store.writeJson(OBJECT.targets, targets.rows);
  return targets;
}

async function accountsOf(settings: TargetSettings, homeRegion: string): Promise<NamedAccount[]> {
  const named = settings.accounts.map((accountId) => ({ accountId }));
  if (settings.organizationalUnits.length === 0) return named;
  const client = organizationsClient(homeRegion);
  try {
    return [...named, ...(await accountsBelow(client, settings.organizationalUnits))];
  } finally {
    client.destroy();
  }
}

/** Of `enabled`, every Region there is: whether an account has it is asked in the account. */
async function regionsOf({ home, settings, regions }: ListRequest): Promise<readonly string[]> {
  if (regions !== undefined) return regions;
  if (settings?.regions === 'enabled') return [...(await readRegions(home)).keys()].sort();
  return settings?.regions ?? [home.region];
}

/** What targets are made from: accounts in the order in which they were found; the same one can come more than once. */
interface TargetSources {
  readonly accounts: readonly NamedAccount[];
  readonly except: readonly string[];
  readonly regions: readonly string[];
}

/** What a run goes through, and what it leaves out. */
export interface Targets {
  readonly rows: readonly TargetRow[];
  readonly skipped: readonly SkippedRow[];
}

/** The targets of a run: each account once, in order of ids; what is not active, excluded or named twice is said. */
export function makeTargets({ accounts, except, regions }: TargetSources): Targets {
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
