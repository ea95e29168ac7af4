import { DLMClient, GetLifecyclePolicyCommand } from '@aws-sdk/client-dlm';
import type { Clients } from '../aws/clients.ts';
import { unlessGone, unreadable } from '../aws/errors.ts';
import { essential, type Requests } from '../aws/requests.ts';
import type { DlmPolicies } from '../model/aws-lifecycles.ts';

/**
 * The state of some Data Lifecycle Manager policies, each asked for by its id: of a list nothing says whether it has the
 * default policies too.
 */
export async function readDlmPolicies(
  clients: Clients,
  requests: Requests,
  policyIds: Iterable<string>,
): Promise<DlmPolicies> {
  const client = clients.of(DLMClient);
  const stateOf = async (PolicyId: string): Promise<[string, string]> => {
    const asked = requests.send(() => client.send(new GetLifecyclePolicyCommand({ PolicyId })));
    const answer = await unlessGone('ResourceNotFoundException', asked);
    return [PolicyId, answer === undefined ? 'gone' : essential(answer.Policy?.State, `State of ${PolicyId}`)];
  };
  try {
    return { status: 'read', states: new Map(await requests.sendAll(policyIds, stateOf)) };
  } catch (error) {
    return unreadable(error);
  }
}
