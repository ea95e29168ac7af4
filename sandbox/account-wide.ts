/** A role that others assume, by what STS looks at. */
export interface StoredRole {
  /** ARNs of users, roles, or an account's root: whom the trust policy names. */
  readonly trusts: readonly string[];
  /** What the trust policy asks for in `sts:ExternalId`. */
  readonly externalId?: string;
  /** Its policies allow no call that changes anything. */
  readonly readOnly?: boolean;
  /** A key that acts as this role without assuming it: what a Lambda function finds in its environment. */
  readonly accessKeyId?: string;
}

/** What an account has in all its Regions at once. Tests may change it at any time. */
export interface AccountWide {
  /** What IAM calls the account. */
  accountAlias?: string;
  /** By path and name: `ami-janitor/ami-janitor-read`. */
  readonly roles: Map<string, StoredRole>;
  /** Regions that must be opted in to, where they stand otherwise than usual. */
  readonly regions: Map<string, 'opted-in' | 'not-opted-in'>;
  /** Services that AWS does not offer in some Regions, by AWS's name; all others are offered in each. */
  readonly notOffered: Map<string, ReadonlySet<string>>;
}

/** An account without roles. */
export function emptyAccountWide(): AccountWide {
  return { roles: new Map(), regions: new Map(), notOffered: new Map() };
}
