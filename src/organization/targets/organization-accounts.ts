import {
  type Account,
  OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import { failureOf } from '../../aws/errors.ts';
import { itemsOf } from '../../aws/pages.ts';
import { TargetError } from './member.ts';

/** An account as AWS Organizations or the policy names it. */
export interface NamedAccount {
  readonly accountId: string;
  readonly name?: string;
  /** AWS's own word: `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …; absent where only the policy names the account. */
  readonly state?: string;
}

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

function regionOf(homeRegion: string): string {
  if (homeRegion.startsWith('cn-')) return 'cn-northwest-1';
  return homeRegion.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}
