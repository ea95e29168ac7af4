import { type Account, Organizations } from '@aws-sdk/client-organizations';
import { expect, test } from 'vitest';
import { newOrganization, type OrganizationState } from '../../sandbox/organizations/state.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { NOW, open, refusal } from './open.ts';

const SELF = '123456789012';
const WORKLOADS = 'ou-exmp-workload1';
const TEST = 'ou-exmp-worktest1';

/** An organization in which the caller is what is said: 45 accounts in a unit, one in a unit within it. */
async function organized(caller: 'management' | 'delegated' | 'member' | 'outside') {
  const organization = newOrganization(caller === 'management' ? SELF : '100000000000', NOW);
  organization.units.set(WORKLOADS, { name: 'Workloads', parentId: organization.rootId });
  organization.units.set(TEST, { name: 'Test', parentId: WORKLOADS });
  const add = (accountId: string, parentId: string, state: 'ACTIVE' | 'SUSPENDED' = 'ACTIVE') =>
    organization.accounts.set(accountId, {
      name: `a${accountId}`,
      email: 'a@example.com',
      state,
      parentId,
      joined: NOW,
    });
  for (let number = 0; number < 45; number += 1) add(String(200_000_000_000 + number), WORKLOADS);
  add('300000000000', TEST, 'SUSPENDED');
  if (caller === 'delegated' || caller === 'member') add(SELF, organization.rootId);
  if (caller === 'delegated') organization.delegatedAdministrators.add(SELF);
  return { organization, ...(await open(emptyAccount(SELF), { organization })) };
}

async function all(client: Organizations) {
  const accounts: Account[] = [];
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.listAccounts({ NextToken });
    sizes.push(page.Accounts?.length ?? -1);
    accounts.push(...(page.Accounts ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return { sizes, accounts };
}

test.each(['management', 'delegated'] as const)('the %s account lists all accounts, 20 a page', async (caller) => {
  const { organizations, organization } = await organized(caller);
  const { sizes, accounts } = await all(organizations);
  const count = organization.accounts.size;
  // AWS says that a page can be empty though more follow.
  expect(sizes).toEqual([0, 20, 20, count - 40]);
  expect(new Set(accounts.map(({ Id }) => Id))).toEqual(new Set(organization.accounts.keys()));
  const suspended = accounts.find(({ Id }) => Id === '300000000000');
  expect(suspended).toMatchObject({ State: 'SUSPENDED', Name: 'a300000000000' });
  expect(suspended).not.toHaveProperty('Status');
});

test('a parent’s accounts and units are those directly below it', async () => {
  const { organizations, organization } = await organized('management');
  const { Roots } = await organizations.listRoots({});
  expect(Roots?.map(({ Id }) => Id)).toEqual([organization.rootId]);
  const units = await organizations.listOrganizationalUnitsForParent({ ParentId: organization.rootId });
  expect(units.OrganizationalUnits).toEqual([
    { Id: WORKLOADS, Arn: `arn:aws:organizations::${SELF}:ou/o-exampleorgid/${WORKLOADS}`, Name: 'Workloads' },
  ]);
  const below = async (ParentId: string) =>
    (await organizations.listAccountsForParent({ ParentId })).Accounts?.map(({ Id }) => Id);
  expect(await below(organization.rootId)).toEqual([SELF]);
  expect(await below(TEST)).toEqual(['300000000000']);
});

test('a member may ask what its organization is, and nothing else', async () => {
  const { organizations, organization } = await organized('member');
  const { Organization } = await organizations.describeOrganization({});
  expect(Organization).toMatchObject({ Id: organization.id, MasterAccountId: '100000000000' });
  expect(await refusal(organizations.listAccounts({}))).toBe('AccessDeniedException');
  expect(await refusal(organizations.listRoots({}))).toBe('AccessDeniedException');
  expect(await refusal(organizations.listAccountsForParent({ ParentId: TEST }))).toBe('AccessDeniedException');
});

test('refusals', async () => {
  const outside = (await organized('outside')).organizations;
  expect(await refusal(outside.describeOrganization({}))).toBe('AWSOrganizationsNotInUseException');
  const { organizations, config } = await organized('management');
  const below = (ParentId: string) => organizations.listAccountsForParent({ ParentId });
  expect(await refusal(below('ou-exmp-nobody000'))).toBe('ParentNotFoundException');
  expect(await refusal(below('workloads'))).toBe('InvalidInputException');
  for (const MaxResults of [0, 21])
    expect(await refusal(organizations.listAccounts({ MaxResults }))).toBe('InvalidInputException');
  expect(await refusal(organizations.listAccounts({ NextToken: 'bm9ib2R5' }))).toBe('InvalidInputException');
  const elsewhere = new Organizations({ ...config, region: 'eu-west-1' });
  expect(await refusal(elsewhere.listRoots({}))).toBe('InvalidSignatureException');
});

test('a list of 5,000 accounts is whole', async () => {
  const organization: OrganizationState = newOrganization(SELF, NOW);
  for (let number = 1; number < 5000; number += 1) {
    const accountId = String(500_000_000_000 + number);
    const name = `account-${number}`;
    organization.accounts.set(accountId, {
      name,
      email: 'a@example.com',
      state: 'ACTIVE',
      parentId: 'r-exmp',
      joined: NOW,
    });
  }
  const { organizations } = await open(emptyAccount(SELF), { organization });
  const { accounts } = await all(organizations);
  expect(new Set(accounts.map(({ Id }) => Id)).size).toBe(5000);
});
