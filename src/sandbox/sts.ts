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

function assumeRole(input: AssumeRoleRequest, context: Context): AssumeRoleResponse {
  const [, accountId, path] = /^arn:aws[\w-]*:iam::(\d{12}):role\/(.+)$/.exec(input.RoleArn ?? '') ?? [];
  const session = input.RoleSessionName ?? '';
  if (accountId === undefined || path === undefined)
    throw new ServiceError('ValidationError', `${input.RoleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new ServiceError('ValidationError', `Invalid role session name: ${session}`);
  const roleName = path.split('/').at(-1) ?? path;
  const credentials = context.assume(accountId, roleName, session);
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
