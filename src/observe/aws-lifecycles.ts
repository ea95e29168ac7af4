import type { Clients } from '../aws/clients.ts';
import type { Requests } from '../aws/requests.ts';
import type { Account } from '../model/account.ts';
import { madeByDlm } from '../policy/decision/dlm.ts';

/**
 * What AWS's own lifecycle services do here, for people to read: what can't be read holds nothing back. A service is asked
 * only where the account has something of it, and its client is loaded only then.
 */
export async function observeAwsLifecycles(
  account: Account,
  clients: Clients,
  requests: Requests,
): Promise<Pick<Account, 'imageBuilderPolicies' | 'dlmPolicies'>> {
  const hasImageBuilder = account.references.sources.some(
    ({ name, status }) => name === 'image-builder-recipes' && status === 'read',
  );
  const policyIds = [...madeByDlm(account).keys()];
  const [imageBuilderPolicies, dlmPolicies] = await Promise.all([
    hasImageBuilder
      ? import('../references/image-builder-policies.ts').then((one) =>
          one.readImageBuilderPolicies(account, clients, requests),
        )
      : undefined,
    policyIds.length > 0
      ? import('../inventory/dlm-policies.ts').then((one) => one.readDlmPolicies(clients, requests, policyIds))
      : undefined,
  ]);
  return { ...(imageBuilderPolicies && { imageBuilderPolicies }), ...(dlmPolicies && { dlmPolicies }) };
}
