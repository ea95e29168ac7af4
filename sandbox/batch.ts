import {
  DescribeComputeEnvironments$,
  type DescribeComputeEnvironmentsRequest,
  type DescribeComputeEnvironmentsResponse,
} from '@aws-sdk/client-batch';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST_RESULTS = 100;

function describeComputeEnvironments(
  input: DescribeComputeEnvironmentsRequest,
  { state, pages }: Context,
): DescribeComputeEnvironmentsResponse {
  const size = input.maxResults ?? MOST_RESULTS;
  if (size < 1 || size > MOST_RESULTS)
    throw new ServiceError('ClientException', `maxResults must be between 1 and ${MOST_RESULTS}`);
  const names = input.computeEnvironments ?? [];
  const found = [...state.computeEnvironments.values()].filter(
    (environment) =>
      names.length === 0 ||
      names.includes(environment.computeEnvironmentName ?? '') ||
      names.includes(environment.computeEnvironmentArn ?? ''),
  );
  const page = pages.take(found, (environment) => environment.computeEnvironmentArn, { token: input.nextToken, size });
  return { computeEnvironments: page.items, nextToken: page.nextToken };
}

export const batchOperations: readonly Operation[] = [read(DescribeComputeEnvironments$, describeComputeEnvironments)];
