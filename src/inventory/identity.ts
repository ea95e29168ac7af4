import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from '../aws/clients.ts';
import { listOf } from '../aws/pages.ts';
import type { Target } from '../model/account.ts';

/** The account that the credentials belong to, in the clients' Region. */
export async function readTarget(clients: Clients): Promise<Target> {
  const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const [accountId = ''] = listOf(Account === undefined ? undefined : [Account], 'Account');
  return { accountId, region: clients.region };
}

/** Who the credentials are, for the record of what a run did. */
export async function readCallerArn(clients: Clients): Promise<string> {
  const { Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return Arn ?? 'unknown';
}
