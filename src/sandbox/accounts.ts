import { randomBytes } from 'node:crypto';
import { ServiceError } from './error.ts';
import type { Caller, TemporaryCredentials } from './operation.ts';
import { type AccountState, emptyAccount } from './state.ts';

const ROLE_HOURS = 1;

/** The accounts behind one endpoint, and who is who: a caller's account is that of the access key it signs with. */
export class Accounts {
  readonly #states: AccountState[];
  readonly #roles = new Map<string, Caller>();

  constructor(states: readonly AccountState[]) {
    this.#states = [...states];
  }

  /** The first account is that of every access key which no assumed role got. */
  callerOf(accessKeyId: string): Caller {
    const role = this.#roles.get(accessKeyId);
    if (role !== undefined) return role;
    if (accessKeyId.startsWith('ASIA')) {
      throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid', 403);
    }
    const accountId = this.#states[0]?.accountId ?? '123456789012';
    return { accountId, arn: `arn:aws:iam::${accountId}:user/sandbox`, userId: 'AIDASANDBOX' };
  }

  /** An account's Region; one that nobody has set up is empty, as it is in AWS. */
  stateOf(accountId: string, region: string): AccountState {
    const known = this.#states.find((state) => state.accountId === accountId && state.region === region);
    if (known !== undefined) return known;
    const empty = emptyAccount(accountId, region);
    this.#states.push(empty);
    return empty;
  }

  assume(accountId: string, roleName: string, sessionName: string, now: Date): TemporaryCredentials {
    if (!this.#states.some((state) => state.accountId === accountId)) {
      const role = `arn:aws:iam::${accountId}:role/${roleName}`;
      throw new ServiceError(
        'AccessDenied',
        `User is not authorized to perform: sts:AssumeRole on resource: ${role}`,
        403,
      );
    }
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const roleId = `AROA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.#roles.set(accessKeyId, {
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
      userId: `${roleId}:${sessionName}`,
    });
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(32).toString('base64'),
      expiration: new Date(now.getTime() + ROLE_HOURS * 3_600_000),
      roleId,
    };
  }
}
