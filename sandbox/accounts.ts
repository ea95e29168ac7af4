import { randomBytes } from 'node:crypto';
import { type AccountWide, emptyAccountWide, type StoredRole } from './account-wide.ts';
import type { ServiceErrors } from './calls.ts';
import { ServiceError } from './error.ts';
import type { AssumeRequest, Caller, TemporaryCredentials } from './operation.ts';
import type { OrganizationState } from './organizations/state.ts';
import { regionsOf } from './regions.ts';
import { type AccountState, emptyAccount } from './state.ts';

const PATH_AND_NAME = /^arn:aws[\w-]*:iam::\d{12}:role\/(.+)$/;

/** The accounts behind one endpoint, and who is who: a caller's account is that of the access key it signs with. */
export class Accounts {
  readonly #states: AccountState[];
  readonly #sessions = new Map<string, { readonly caller: Caller; readonly ends: Date }>();
  readonly organization: OrganizationState | undefined;

  constructor(states: readonly AccountState[], organization?: OrganizationState) {
    this.#states = [...states];
    this.organization = organization;
  }

  /** The first account is that of every long-lived access key which no role has. */
  callerOf(accessKeyId: string, errors: ServiceErrors, now: Date): Caller {
    const session = this.#sessions.get(accessKeyId);
    if (session !== undefined && session.ends <= now) throw new ServiceError(...errors.expiredCredentials);
    const caller = session?.caller ?? this.#roleWithKey(accessKeyId);
    if (caller !== undefined) return caller;
    if (accessKeyId.startsWith('ASIA')) throw new ServiceError(...errors.unknownCredentials);
    const accountId = this.#states[0]?.accountId ?? '123456789012';
    return { accountId, arn: `arn:aws:iam::${accountId}:user/sandbox`, userId: 'AIDASANDBOX' };
  }

  /**
   * False where the account is not active, or has not enabled the Region. Services then know its credentials as
   * little as wrong ones; for suspended accounts that is unconfirmed.
   */
  admits(accountId: string, region: string): boolean {
    return this.#isActive(accountId) && regionsOf(this.accountWide(accountId)).get(region) !== 'not-opted-in';
  }

  /** An account's Region; one that nobody has set up is empty, as it is in AWS. */
  stateOf(accountId: string, region: string): AccountState {
    const known = this.#states.find((state) => state.accountId === accountId && state.region === region);
    if (known !== undefined) return known;
    const empty = emptyAccount(accountId, region, this.accountWide(accountId));
    this.#states.push(empty);
    return empty;
  }

  /** The same Region in all other accounts. */
  othersIn(accountId: string, region: string): readonly AccountState[] {
    return this.#states.filter((state) => state.region === region && state.accountId !== accountId);
  }

  /** What an account has in all Regions: its first state tells. */
  accountWide(accountId: string): AccountWide {
    return this.#states.find((state) => state.accountId === accountId)?.everywhere ?? emptyAccountWide();
  }

  assume(request: AssumeRequest): TemporaryCredentials {
    const { roleArn, accountId, caller, externalId, sessionName, durationSeconds, now } = request;
    const path = PATH_AND_NAME.exec(roleArn)?.[1] ?? '';
    const role = this.accountWide(accountId).roles.get(path);
    // Who may not is told the same as for a role or an account that is not there, or one that is suspended.
    if (role === undefined || !this.#isActive(accountId) || !trusts(role, caller, externalId)) {
      const refusal = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new ServiceError('AccessDenied', refusal, 403);
    }
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const roleId = `AROA${randomBytes(8).toString('hex').toUpperCase()}`;
    const ends = new Date(now.getTime() + durationSeconds * 1000);
    const acting = actingAs(role, accountId, path, sessionName, roleId);
    this.#sessions.set(accessKeyId, { caller: acting, ends });
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(32).toString('base64'),
      expiration: ends,
      roleId,
    };
  }

  #isActive(accountId: string): boolean {
    return (this.organization?.accounts.get(accountId)?.state ?? 'ACTIVE') === 'ACTIVE';
  }

  #roleWithKey(accessKeyId: string): Caller | undefined {
    for (const { accountId, everywhere } of this.#states) {
      for (const [path, role] of everywhere.roles) {
        if (role.accessKeyId === accessKeyId) return actingAs(role, accountId, path, 'function', 'AROASANDBOX');
      }
    }
    return undefined;
  }
}

function actingAs(role: StoredRole, accountId: string, path: string, session: string, roleId: string): Caller {
  return {
    accountId,
    // A session's ARN has the role's name alone, without its path.
    arn: `arn:aws:sts::${accountId}:assumed-role/${path.split('/').at(-1)}/${session}`,
    userId: `${roleId}:${session}`,
    roleArn: `arn:aws:iam::${accountId}:role/${path}`,
    ...(role.readOnly === true && { readOnly: true }),
  };
}

/** An account's root in a trust policy means everyone there whom that account lets. */
function trusts(role: StoredRole, caller: Caller, externalId: string | undefined): boolean {
  if (role.externalId !== undefined && role.externalId !== externalId) return false;
  const known = [caller.arn, caller.roleArn, `arn:aws:iam::${caller.accountId}:root`];
  return role.trusts.some((principal) => known.includes(principal));
}
