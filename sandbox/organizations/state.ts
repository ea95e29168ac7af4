import type { AccountState as LifecycleState } from '@aws-sdk/client-organizations';

interface StoredUnit {
  readonly name: string;
  /** The root or another unit. */
  readonly parentId: string;
}

export interface StoredMember {
  readonly name: string;
  readonly email: string;
  /** Anything but `ACTIVE`: nobody can act there. */
  readonly state: LifecycleState;
  readonly parentId: string;
  readonly joined: Date;
}

/** An organization as AWS Organizations holds it. Tests may change it at any time. */
export interface OrganizationState {
  readonly id: string;
  readonly rootId: string;
  readonly managementAccountId: string;
  /** Member accounts that may ask about the organization too. */
  readonly delegatedAdministrators: Set<string>;
  /** By id. */
  readonly units: Map<string, StoredUnit>;
  /** By account id; the management account is among them. */
  readonly accounts: Map<string, StoredMember>;
  readonly settings: {
    /** A list of several pages begins with an empty one: AWS says that this happens. */
    emptyPages: boolean;
  };
}

/** An organization with nothing in it but its management account. */
export function newOrganization(managementAccountId: string, joined: Date): OrganizationState {
  const rootId = 'r-exmp';
  return {
    id: 'o-exampleorgid',
    rootId,
    managementAccountId,
    delegatedAdministrators: new Set(),
    units: new Map(),
    accounts: new Map([
      [
        managementAccountId,
        { name: 'management', email: 'management@example.com', state: 'ACTIVE', parentId: rootId, joined },
      ],
    ]),
    settings: { emptyPages: true },
  };
}

/** The ARN of something in the organization: all begin with the management account's. */
export function organizationArn(
  { id, managementAccountId }: OrganizationState,
  kind: 'organization' | 'root' | 'ou' | 'account',
  name?: string,
): string {
  return [`arn:aws:organizations::${managementAccountId}:${kind}/${id}`, ...(name === undefined ? [] : [name])].join(
    '/',
  );
}

/** The ARNs by which an account is meant where something is shared: the organization's, and each unit's above it. */
export function membershipArns(organization: OrganizationState | undefined, accountId: string): ReadonlySet<string> {
  const arns = new Set<string>();
  const member = organization?.accounts.get(accountId);
  if (organization === undefined || member === undefined) return arns;
  arns.add(organizationArn(organization, 'organization'));
  let unitId = member.parentId;
  for (let unit = organization.units.get(unitId); unit !== undefined; unit = organization.units.get(unitId)) {
    arns.add(organizationArn(organization, 'ou', unitId));
    unitId = unit.parentId;
  }
  return arns;
}
