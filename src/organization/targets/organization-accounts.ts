import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { failureOf } from '../../aws/errors.ts';
import { listOf, pages } from '../../aws/pages.ts';
import { TargetError } from './member.ts';
import type { NamedAccount } from './targets.ts';

/** AWS Organizations answers 20 a page, and throttles early: ask patiently. */
const PAGE = 20;
const TRIES = 12;

/** The client for AWS Organizations, which lives in one Region of each partition. */
export function organizationsClient(homeRegion: string): OrganizationsClient {
  return new OrganizationsClient({ region: regionOf(homeRegion), maxAttempts: TRIES, retryMode: 'adaptive' });
}

/**
 * Every account below some organizational units or roots, however deep; whatever state it is in.
 * @throws TargetError where AWS Organizations can't be read: then nobody knows the targets
 */
export async function accountsBelow(client: OrganizationsClient, parents: readonly string[]): Promise<NamedAccount[]> {
  const found: NamedAccount[] = [];
  const queue = [...new Set(parents)];
  const seen = new Set(queue);
  try {
    for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
      // A root holds every account there is: no need to walk down.
      const accounts = parent.startsWith('r-') ? allAccounts(client) : accountsOf(client, parent);
      for await (const account of accounts) found.push(account);
      if (parent.startsWith('r-')) continue;
      for await (const unit of unitsOf(client, parent)) {
        if (!seen.has(unit)) queue.push(unit);
        seen.add(unit);
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
  return distinct(found);
}

async function* allAccounts(client: OrganizationsClient): AsyncGenerator<NamedAccount> {
  const answers = pages(
    (NextToken) => client.send(new ListAccountsCommand({ MaxResults: PAGE, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) yield* listOf(page.Accounts, 'Accounts').flatMap(namedAccount);
}

async function* accountsOf(client: OrganizationsClient, ParentId: string): AsyncGenerator<NamedAccount> {
  const answers = pages(
    (NextToken) => client.send(new ListAccountsForParentCommand({ ParentId, MaxResults: PAGE, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) yield* listOf(page.Accounts, 'Accounts').flatMap(namedAccount);
}

async function* unitsOf(client: OrganizationsClient, ParentId: string): AsyncGenerator<string> {
  const answers = pages(
    (NextToken) => client.send(new ListOrganizationalUnitsForParentCommand({ ParentId, MaxResults: PAGE, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    yield* listOf(page.OrganizationalUnits, 'OrganizationalUnits').flatMap(({ Id }) => Id ?? []);
  }
}

/** `State` took the place of `Status` in September 2026; older answers have the latter alone. */
function namedAccount({ Id, Name, State, Status }: Account): NamedAccount[] {
  if (Id === undefined) return [];
  return [{ accountId: Id, ...(Name !== undefined && { name: Name }), state: State ?? Status ?? 'of no known state' }];
}

/** Units that the policy names may lie in each other. */
function distinct(accounts: readonly NamedAccount[]): NamedAccount[] {
  return [...new Map(accounts.map((account) => [account.accountId, account])).values()];
}

function regionOf(homeRegion: string): string {
  if (homeRegion.startsWith('cn-')) return 'cn-northwest-1';
  return homeRegion.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}
