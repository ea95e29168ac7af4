import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { keepHeapSmall } from '../observe/memory.ts';

/** What each function gets from Lambda. */
export interface Invocation {
  readonly logger: Logger;
  readonly clock: () => Date;
  /** When Lambda ends the function. */
  readonly end: Date;
  readonly lambda: Context;
}

/** Makes a Lambda function. */
export function lambdaFunction<Answer>(work: (event: unknown, invocation: Invocation) => Promise<Answer>) {
  keepHeapSmall();
  const logger = new Logger();
  const handler = async (event: unknown, lambda: Context): Promise<Answer> => {
    const end = new Date(Date.now() + lambda.getRemainingTimeInMillis());
    return work(event, { logger, clock: () => new Date(), end, lambda });
  };
  return middy(handler).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** Who began a run, as its audit records say. */
export function startedBy({ invokedFunctionArn, awsRequestId, logStreamName }: Context, claimed: string | undefined) {
  return {
    kind: 'lambda' as const,
    ...(claimed !== undefined && { claimed }),
    functionArn: invokedFunctionArn,
    invocationId: awsRequestId,
    logStream: logStreamName,
  };
}
