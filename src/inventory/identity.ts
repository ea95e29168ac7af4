import { GetCallerIdentityCommand, type GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Clients } from '../aws/clients.ts';
import { listOf } from '../aws/pages.ts';
import { withServerTime } from '../aws/server-time.ts';
import type { Target } from '../model/account.ts';
import type { ClockReading } from '../model/clock.ts';

/** The account that the credentials belong to, in the clients' Region. */
export async function readTarget(clients: Clients): Promise<Target> {
  return targetOf(await clients.sts.send(new GetCallerIdentityCommand({})), clients);
}

/**
 * The same, and what time it was when AWS said so: the SDK signs around a clock that is wrong, so that nothing else
 * would show it.
 */
export async function readTimedTarget(
  clients: Clients,
  now: () => Date,
): Promise<{ readonly target: Target; readonly clock: ClockReading }> {
  const { command, clock } = withServerTime(new GetCallerIdentityCommand({}), now);
  const target = targetOf(await clients.sts.send(command), clients);
  return { target, clock: clock() };
}

/** Who the credentials are, for the record of what a run did. */
export async function readCallerArn(clients: Clients): Promise<string> {
  const { Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return Arn ?? 'unknown';
}

function targetOf({ Account }: GetCallerIdentityCommandOutput, { region }: Clients): Target {
  const [accountId = ''] = listOf(Account === undefined ? undefined : [Account], 'Account');
  return { accountId, region };
}
