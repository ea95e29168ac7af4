import {
  GetLifecyclePolicy$,
  type GetLifecyclePolicyRequest,
  type GetLifecyclePolicyResponse,
} from '@aws-sdk/client-dlm';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

function getLifecyclePolicy(
  { PolicyId = '' }: GetLifecyclePolicyRequest,
  { state }: Context,
): GetLifecyclePolicyResponse {
  const Policy = state.dlmPolicies.get(PolicyId);
  if (Policy === undefined)
    throw new ServiceError('ResourceNotFoundException', `The policy ${PolicyId} does not exist.`, 404);
  return { Policy };
}

export const dlmOperations: readonly Operation[] = [read(GetLifecyclePolicy$, getLifecyclePolicy)];
