import {
  GetLifecyclePolicy$,
  type GetLifecyclePolicyRequest,
  type GetLifecyclePolicyResponse,
  ListLifecyclePolicies$,
  type ListLifecyclePoliciesRequest,
  type ListLifecyclePoliciesResponse,
} from '@aws-sdk/client-imagebuilder';
import { pageSize } from './built-images.ts';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

function listLifecyclePolicies(
  input: ListLifecyclePoliciesRequest,
  { state, pages }: Context,
): ListLifecyclePoliciesResponse {
  const page = pages.take([...state.imageLifecyclePolicies.values()], ({ arn }) => arn, {
    token: input.nextToken,
    size: pageSize(input.maxResults),
  });
  const lifecyclePolicySummaryList = page.items.map(({ arn, name, status, resourceType, dateCreated, tags }) => ({
    arn,
    name,
    status,
    resourceType,
    dateCreated,
    tags,
  }));
  return { lifecyclePolicySummaryList, nextToken: page.nextToken };
}

function getLifecyclePolicy(
  { lifecyclePolicyArn = '' }: GetLifecyclePolicyRequest,
  { state }: Context,
): GetLifecyclePolicyResponse {
  const lifecyclePolicy = state.imageLifecyclePolicies.get(lifecyclePolicyArn);
  if (lifecyclePolicy === undefined)
    throw new ServiceError(
      'ResourceNotFoundException',
      `The lifecycle policy with ARN ${lifecyclePolicyArn} does not exist.`,
      404,
    );
  return { lifecyclePolicy };
}

/** Image Builder's lifecycle policies; the account does nothing by them. */
export const imageLifecycleOperations: readonly Operation[] = [
  read(ListLifecyclePolicies$, listLifecyclePolicies),
  read(GetLifecyclePolicy$, getLifecyclePolicy),
];
