import type { Context } from 'aws-lambda';

/** The context that Lambda gives; only what the functions read is meant. */
export function lambdaContext(remainingMilliseconds = 900_000): Context {
  return {
    awsRequestId: '3f6e0c1e-0000-4000-8000-000000000000',
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'ami-janitor-test-report',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:ami-janitor-test-report',
    logGroupName: '/aws/lambda/ami-janitor-test-report',
    logStreamName: 'today',
    memoryLimitInMB: '1024',
    getRemainingTimeInMillis: () => remainingMilliseconds,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
