import type { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { ClockReading } from '../model/clock.ts';

/** Listens for the `Date` header of the answer to a command; every answer of AWS has one. */
export function withServerTime(
  command: GetCallerIdentityCommand,
  now: () => Date,
): { readonly command: GetCallerIdentityCommand; readonly clock: () => ClockReading } {
  let clock: ClockReading | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const awsAt = dateOf(result.response);
      clock = { ...(awsAt && { awsAt }), localAt: now() };
      return result;
    },
    { name: 'serverTimeMiddleware', step: 'deserialize', priority: 'low' },
  );
  return { command, clock: () => clock ?? { localAt: now() } };
}

function dateOf(response: unknown): Date | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null) return undefined;
  // Node's HTTP client gives names in small letters; another way to send may not.
  const [, text] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date') ?? [];
  const date = new Date(typeof text === 'string' ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
