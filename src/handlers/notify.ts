import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { newRunId } from '../model/run.ts';
import { keepHeapSmall } from '../observe/memory.ts';
import { parseEnvironment } from './environment.ts';
import { parseEvent } from './event.ts';
import { parseFailedRuns, tellsOfFailures } from './failed-runs.ts';
import { type FailuresAnswer, notifyOfFailures } from './failure-notification.ts';
import { type NotifyAnswer, notifyOwners } from './notification.ts';

keepHeapSmall();
const logger = new Logger();

/** Tells owners what the plan holds for their images, and the platform's people what went wrong. */
export const handler = middy((event: unknown, context: Context): Promise<NotifyAnswer | FailuresAnswer> => {
  const now = new Date();
  const runId = newRunId(now);
  logger.appendKeys({ runId });
  const circumstances = {
    runId,
    environment: parseEnvironment(process.env),
    apiUrl: process.env.SLACK_API_URL,
    logger,
    clock: () => new Date(),
    end: new Date(now.getTime() + context.getRemainingTimeInMillis()),
  };
  return tellsOfFailures(event)
    ? notifyOfFailures(parseFailedRuns(event), circumstances)
    : notifyOwners(parseEvent(event), circumstances);
}).use(injectLambdaContext(logger, { resetKeys: true }));
