import * as z from 'zod';
import { createClients } from '../aws/clients.ts';
import { deliveryFor } from '../notify/delivery-for.ts';
import type { FailedRun } from '../notify/platform-message.ts';
import { parseJson } from '../text/json.ts';
import type { Environment } from './environment.ts';
import { parseInput, RefusedError, RunFailedError } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { loadPolicy } from './policy-source.ts';

/** What one invocation of the notifying function works with. */
export interface NotifyContext extends Invocation {
  readonly runId: string;
  readonly environment: Environment;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
}

const FUNCTION_ARN = /^arn:[a-z-]+:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]{1,140})(?::.+)?$/;

const topicEvent = z.object({
  Records: z
    .array(z.object({ EventSource: z.literal('aws:sns'), Sns: z.object({ Message: z.string() }) }))
    .min(1, 'must not be empty'),
});

/**
 * What Lambda sends to an on-failure destination
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). What the function said is
 * missing where it never began.
 */
const record = z.object({
  requestContext: z.object({
    requestId: z.string().min(1),
    functionArn: z.string().regex(FUNCTION_ARN, 'must be the ARN of a function'),
    condition: z.string(),
  }),
  responsePayload: z
    .object({ errorMessage: z.string().min(1) })
    .optional()
    .catch(undefined),
});

/**
 * Notifies the platform's people of the failed runs that an event names, and does nothing else; says so where the policy
 * names nobody.
 * @throws RefusedError one sentence that names every value of the event that is wrong
 */
export async function notifyOfFailures(event: unknown, context: NotifyContext): Promise<{ readonly told: number }> {
  const { environment, apiUrl, logger, clock, end } = context;
  const failedRuns = parseInput(topicEvent, event, 'The event').Records.map(({ Sns }) => failedRunOf(Sns.Message));
  const home = createClients(environment.region);
  try {
    const { policy } = await loadPolicy(home.s3, environment.policy);
    const delivery = await deliveryFor({ policy, home, apiUrl, clock, end });
    if (delivery === undefined) {
      logger.warn('runs failed, and the policy has no "notify" section: nobody is told', { failedRuns });
      return { told: 0 };
    }
    const problems: string[] = [];
    for (const failedRun of failedRuns) {
      const problem = await delivery.notifyFailure(failedRun);
      logger.info('failed run told', { failedRun, problem });
      if (problem !== undefined) problems.push(`The platform channel could not be told: ${problem}.`);
    }
    if (problems.length > 0) throw new RunFailedError(problems.join(' | '));
    return { told: failedRuns.length };
  } finally {
    home.destroy();
  }
}

function failedRunOf(message: string): FailedRun {
  const json = parseJson(message);
  if (json === undefined) throw new RefusedError('The record of a failed run is not valid: it is not JSON.');
  const { requestContext, responsePayload } = parseInput(record, json, 'The record of a failed run');
  const { requestId, functionArn, condition } = requestContext;
  const [, region = '', accountId = '', functionName = ''] = FUNCTION_ARN.exec(functionArn) ?? [];
  // The runs' own sentences, one a Region; see `handler.ts`.
  const why = responsePayload?.errorMessage.split(' | ') ?? [silence(condition)];
  return { requestId, functionName, accountId, region, why };
}

function silence(condition: string): string {
  return condition === 'EventAgeExceeded'
    ? 'It never began: the event waited too long, or another run was still at work.'
    : 'It ended without a word; its log may say more.';
}
