import type { OperatorResponse } from '@aws-sdk/client-ec2';
import type { AccountState } from '../state.ts';

/** True where a resource is shown: those that another AWS service manages are hidden unless they are asked for. */
export function isListed(
  resource: { readonly Operator?: OperatorResponse | undefined },
  includeManaged: boolean | undefined,
  state: AccountState,
): boolean {
  return includeManaged === true || !state.settings.managedResourcesHidden || resource.Operator?.Managed !== true;
}
