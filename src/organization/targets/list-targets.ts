import type { Clients } from '../../aws/clients.ts';
import type { TargetSettings } from '../../model/policy.ts';
import { OBJECT } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { readRegions } from './enabled-region.ts';
import { accountsBelow, organizationsClient } from './organization-accounts.ts';
import { makeTargets, type NamedAccount, type Targets } from './targets.ts';

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
