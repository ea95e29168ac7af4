import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { newRunId } from '../model/run.ts';
import { keepHeapSmall } from '../observe/memory.ts';
import { parseEnvironment } from './environment.ts';
import { parseEvent } from './event.ts';
import { type Answer, type FunctionConfig, invoke } from './invocation.ts';
import { runMetrics } from './metrics.ts';

/** Time that is left for writing the reports when acting ends. */
const REPORTING_MILLISECONDS = 90_000;

/** Makes the Lambda function that does a duty. */
export function janitorHandler(duty: FunctionConfig) {
  keepHeapSmall();
  const logger = new Logger();
  const handler = (event: unknown, context: Context): Promise<Answer> => {
    const now = new Date();
    const runId = newRunId(now);
    logger.appendKeys({ runId });
    const asked = parseEvent(event);
    return invoke(duty, asked, {
      runId,
      environment: parseEnvironment(process.env),
      logger,
      clock: () => new Date(),
      startedBy: {
        kind: 'lambda',
        ...(asked.startedBy === undefined ? {} : { claimed: asked.startedBy }),
        functionArn: context.invokedFunctionArn,
        invocationId: context.awsRequestId,
        logStream: context.logStreamName,
      },
      metrics: runMetrics(context.functionName, runId),
      deadline: new Date(now.getTime() + context.getRemainingTimeInMillis() - REPORTING_MILLISECONDS),
    });
  };
  return middy(handler).use(injectLambdaContext(logger, { resetKeys: true }));
}
