import {
  type Account,
  DescribeOrganization$,
  type DescribeOrganizationResponse,
  ListAccounts$,
  ListAccountsForParent$,
  type ListAccountsForParentRequest,
  type ListAccountsForParentResponse,
  type ListAccountsRequest,
  type ListAccountsResponse,
  ListOrganizationalUnitsForParent$,
  type ListOrganizationalUnitsForParentRequest,
  type ListOrganizationalUnitsForParentResponse,
  ListRoots$,
  type ListRootsRequest,
  type ListRootsResponse,
} from '@aws-sdk/client-organizations';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { type OrganizationState, organizationArn, type StoredMember } from './state.ts';

const MOST_A_PAGE = 20;
/** Stands for a list's beginning, after an empty first page. */
const BEGINNING = Buffer.from('beginning').toString('base64url');
const PARENT_ID = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/;

function invalidInput(message: string, Reason: string): ServiceError {
  return new ServiceError('InvalidInputException', message, 400, { Reason });
}

/** The organization that the caller belongs to. */
function ownOrganization({ organization, caller }: Context): OrganizationState {
  if (organization?.accounts.has(caller.accountId)) return organization;
  throw new ServiceError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
}

/** Lists are for the management account and delegated administrators; others are refused as without a permission. */
function administered(context: Context): OrganizationState {
  const organization = ownOrganization(context);
  const { accountId } = context.caller;
  if (accountId === organization.managementAccountId || organization.delegatedAdministrators.has(accountId))
    return organization;
  throw new ServiceError('AccessDeniedException', "You don't have permissions to access this resource.");
}

interface PageInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => unknown,
  { NextToken, MaxResults = MOST_A_PAGE }: PageInput,
  context: Context,
): { items: Item[]; nextToken?: string } {
  if (!(MaxResults >= 1 && MaxResults <= MOST_A_PAGE))
    throw invalidInput('You specified an invalid value.', MaxResults < 1 ? 'MIN_VALUE_EXCEEDED' : 'MAX_VALUE_EXCEEDED');
  if (NextToken === undefined && items.length > MaxResults && context.organization?.settings.emptyPages === true)
    return { items: [], nextToken: BEGINNING };
  const token = NextToken === BEGINNING ? undefined : NextToken;
  try {
    return context.pages.take(items, keyOf, { token, size: MaxResults });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidInput(
      "Get the value for the NextToken parameter from the previous call's response.",
      'INVALID_NEXT_TOKEN',
    );
  }
}

/** `Status` was retired in September 2026; `State` took its place. */
function shown(organization: OrganizationState, accountId: string, member: StoredMember): Account {
  return {
    Id: accountId,
    Arn: organizationArn(organization, 'account', accountId),
    Name: member.name,
    Email: member.email,
    State: member.state,
    JoinedMethod: 'CREATED',
    JoinedTimestamp: member.joined,
  };
}

/** The id of a root or unit that exists. */
function mustBeParent(organization: OrganizationState, parentId: string | undefined): string {
  if (parentId === undefined || !PARENT_ID.test(parentId))
    throw invalidInput('You specified an invalid value.', 'INVALID_PATTERN');
  if (parentId === organization.rootId || organization.units.has(parentId)) return parentId;
  throw new ServiceError('ParentNotFoundException', "You specified a parent that doesn't exist.");
}

/** The one question that any member may ask. */
function describeOrganization(_input: object, context: Context): DescribeOrganizationResponse {
  const organization = ownOrganization(context);
  const { managementAccountId } = organization;
  return {
    Organization: {
      Id: organization.id,
      Arn: organizationArn(organization, 'organization'),
      FeatureSet: 'ALL',
      MasterAccountArn: organizationArn(organization, 'account', managementAccountId),
      MasterAccountId: managementAccountId,
      MasterAccountEmail: organization.accounts.get(managementAccountId)?.email,
    },
  };
}

function listRoots(input: ListRootsRequest, context: Context): ListRootsResponse {
  const organization = administered(context);
  const { rootId } = organization;
  const root = { Id: rootId, Arn: organizationArn(organization, 'root', rootId), Name: 'Root', PolicyTypes: [] };
  const { items, nextToken } = page([root], ({ Id }) => Id, input, context);
  return { Roots: items, NextToken: nextToken };
}

function listAccounts(input: ListAccountsRequest, context: Context): ListAccountsResponse {
  const organization = administered(context);
  const accounts = [...organization.accounts].map(([id, member]) => shown(organization, id, member));
  const { items, nextToken } = page(accounts, ({ Id }) => Id, input, context);
  return { Accounts: items, NextToken: nextToken };
}

/** Those directly below the parent, and none that lie in its units. */
function listAccountsForParent(input: ListAccountsForParentRequest, context: Context): ListAccountsForParentResponse {
  const organization = administered(context);
  const parentId = mustBeParent(organization, input.ParentId);
  const accounts = [...organization.accounts].flatMap(([id, member]) =>
    member.parentId === parentId ? shown(organization, id, member) : [],
  );
  const { items, nextToken } = page(accounts, ({ Id }) => Id, input, context);
  return { Accounts: items, NextToken: nextToken };
}

function listUnitsForParent(
  input: ListOrganizationalUnitsForParentRequest,
  context: Context,
): ListOrganizationalUnitsForParentResponse {
  const organization = administered(context);
  const parentId = mustBeParent(organization, input.ParentId);
  const units = [...organization.units].flatMap(([Id, unit]) =>
    unit.parentId === parentId ? { Id, Arn: organizationArn(organization, 'ou', Id), Name: unit.name } : [],
  );
  const { items, nextToken } = page(units, ({ Id }) => Id, input, context);
  return { OrganizationalUnits: items, NextToken: nextToken };
}

export const organizationsOperations: readonly Operation[] = [
  read(DescribeOrganization$, describeOrganization),
  read(ListRoots$, listRoots),
  read(ListAccounts$, listAccounts),
  read(ListAccountsForParent$, listAccountsForParent),
  read(ListOrganizationalUnitsForParent$, listUnitsForParent),
];
