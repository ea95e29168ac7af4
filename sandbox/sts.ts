import {
  AssumeRole$,
  type AssumeRoleRequest,
  type AssumeRoleResponse,
  GetCallerIdentity$,
  type GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

function getCallerIdentity(_input: object, { caller }: Context): GetCallerIdentityResponse {
  return { Account: caller.accountId, Arn: caller.arn, UserId: caller.userId };
}

const DEFAULT_SECONDS = 3600;
/** Who acts as a role already gets another one for an hour at most. */
const MOST_CHAINED_SECONDS = 3600;
const MOST_SECONDS = 43_200;

function durationOf({ DurationSeconds = DEFAULT_SECONDS }: AssumeRoleRequest, isChained: boolean): number {
  if (DurationSeconds < 900 || DurationSeconds > MOST_SECONDS)
    throw new ServiceError('ValidationError', `The requested DurationSeconds ${DurationSeconds} is out of range.`);
  if (isChained && DurationSeconds > MOST_CHAINED_SECONDS) {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new ServiceError('ValidationError', message);
  }
  return DurationSeconds;
}

function assumeRole(input: AssumeRoleRequest, context: Context): AssumeRoleResponse {
  const [, accountId, path] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(.+)$/.exec(input.RoleArn ?? '') ?? [];
  const session = input.RoleSessionName ?? '';
  if (accountId === undefined || path === undefined)
    throw new ServiceError('ValidationError', `${input.RoleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new ServiceError('ValidationError', `Invalid role session name: ${session}`);
  if (input.ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(input.ExternalId))
    throw new ServiceError('ValidationError', 'The external ID has characters or a length that STS does not take.');
  const { caller, now } = context;
  const credentials = context.assume({
    roleArn: input.RoleArn ?? '',
    accountId,
    sessionName: session,
    externalId: input.ExternalId,
    durationSeconds: durationOf(input, caller.roleArn !== undefined),
    caller,
    now,
  });
  const roleName = path.split('/').at(-1) ?? path;
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: credentials.expiration,
    },
    AssumedRoleUser: {
      AssumedRoleId: `${credentials.roleId}:${session}`,
      Arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session}`,
    },
  };
}

export const stsOperations: readonly Operation[] = [
  read(GetCallerIdentity$, getCallerIdentity),
  read(AssumeRole$, assumeRole),
];
