import type { ImageSummary } from '@aws-sdk/client-imagebuilder';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import type { Requests } from '../aws/requests.ts';
import type { Account } from '../model/account.ts';
import { madeByDlm } from '../policy/decision/dlm.ts';

type ImageBuilder = Pick<Account, 'imageBuilderPolicies' | 'imageBuilderLeftovers'>;

/**
 * What AWS's own lifecycle services do here, and what Image Builder left behind, for people to read: what can't be read
 * holds nothing back. A service is asked only where the account has something of it, and its client is loaded only then.
 */
export async function observeAwsLifecycles(
  account: Account,
  clients: Clients,
  requests: Requests,
): Promise<ImageBuilder & Pick<Account, 'dlmPolicies'>> {
  const hasImageBuilder = account.references.sources.some(
    ({ name, status }) => name === 'image-builder-recipes' && status === 'read',
  );
  const policyIds = [...madeByDlm(account).keys()];
  const [imageBuilder, dlmPolicies] = await Promise.all([
    hasImageBuilder ? observeImageBuilder(account, clients, requests) : undefined,
    policyIds.length > 0
      ? import('../inventory/dlm-policies.ts').then((one) => one.readDlmPolicies(clients, requests, policyIds))
      : undefined,
  ]);
  return { ...imageBuilder, ...(dlmPolicies && { dlmPolicies }) };
}

/** All that is asked of Image Builder beside its recipes rests on what it built. */
async function observeImageBuilder(account: Account, clients: Clients, requests: Requests): Promise<ImageBuilder> {
  const [{ readOwnBuilds }, { readImageBuilderPolicies }, { findLeftovers }] = await Promise.all([
    import('../references/image-builder-builds.ts'),
    import('../references/image-builder-policies.ts'),
    import('./image-builder-leftovers.ts'),
  ]);
  let builds: readonly ImageSummary[];
  try {
    builds = await readOwnBuilds(clients, requests);
  } catch (error) {
    return { imageBuilderLeftovers: unreadable(error) };
  }
  if (builds.length === 0) return {};
  const [imageBuilderPolicies, imageBuilderLeftovers] = await Promise.all([
    readImageBuilderPolicies(account, builds, clients, requests),
    findLeftovers(account, builds, clients, requests),
  ]);
  return {
    ...(imageBuilderPolicies && { imageBuilderPolicies }),
    ...(imageBuilderLeftovers && { imageBuilderLeftovers }),
  };
}
