import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { newRunId } from '../model/run.ts';
import { keepHeapSmall } from '../observe/memory.ts';
import { parseEnvironment } from './environment.ts';
import { parseEvent } from './event.ts';
import { type FailuresAnswer, namesFailedRuns, notifyOfFailures, parseFailedRuns } from './failed-runs.ts';
import { type NotifyAnswer, notifyOwners } from './notification.ts';

keepHeapSmall();
const logger = new Logger();

/** Notifies owners of what the plan holds for their images, and the platform's people of what went wrong. */
export const handler = middy((event: unknown, context: Context): Promise<NotifyAnswer | FailuresAnswer> => {
  const now = new Date();
  const runId = newRunId(now);
  logger.appendKeys({ runId });
  const invocation = {
    runId,
    environment: parseEnvironment(process.env),
    apiUrl: process.env.SLACK_API_URL,
    logger,
    clock: () => new Date(),
    end: new Date(now.getTime() + context.getRemainingTimeInMillis()),
  };
  return namesFailedRuns(event)
    ? notifyOfFailures(parseFailedRuns(event), invocation)
    : notifyOwners(parseEvent(event), invocation);
}).use(injectLambdaContext(logger, { resetKeys: true }));
