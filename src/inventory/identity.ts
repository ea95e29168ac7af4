import { GetCallerIdentityCommand, type GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Clients } from '../aws/clients.ts';
import { listOf } from '../aws/requests.ts';
import type { Target } from '../model/account.ts';
import type { ClockReading } from '../model/clock.ts';

/** The account that the credentials belong to, in the clients' Region. */
export async function readTarget(clients: Clients): Promise<Target> {
  return targetOf(await clients.sts.send(new GetCallerIdentityCommand({})), clients);
}

/**
 * The same, and what time it was when AWS said so, by the `Date` header of the answer: the SDK signs around a clock
 * that is wrong, so that nothing else would show it.
 */
export async function readTimedTarget(
  clients: Clients,
  now: () => Date,
): Promise<{ readonly target: Target; readonly clock: ClockReading }> {
  let clock: ClockReading | undefined;
  const command = new GetCallerIdentityCommand({});
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const awsAt = dateOf(result.response);
      clock = { ...(awsAt && { awsAt }), localAt: now() };
      return result;
    },
    { name: 'serverTimeMiddleware', step: 'deserialize', priority: 'low' },
  );
  const target = targetOf(await clients.sts.send(command), clients);
  return { target, clock: clock ?? { localAt: now() } };
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

function dateOf(response: unknown): Date | undefined {
  const headers: unknown = Reflect.get(Object(response), 'headers');
  // Node's HTTP client gives names in small letters; another way to send may not.
  const [, text] = Object.entries(Object(headers)).find(([name]) => name.toLowerCase() === 'date') ?? [];
  const date = new Date(typeof text === 'string' ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
