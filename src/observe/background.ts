import type { Clients } from '../aws/clients.ts';
import { Requests } from '../aws/requests.ts';
import { readAccountAlias, readPublicImages } from '../inventory/account-settings.ts';
import { findMissingImages } from '../inventory/recycle-bin.ts';
import type { Account } from '../model/account.ts';
import type { Policy } from '../model/policy.ts';
import { madeByDlm } from '../policy/decision/dlm.ts';
import type { ObserveRequest } from './read-account.ts';

/** Of which account something is read, by which policy, and with what. */
interface BackgroundContext {
  readonly account: Account;
  readonly policy: Policy;
  readonly clients: Clients;
  readonly requests: Requests;
}

/** Reads one thing that people want to know of an account; it throws nothing, and gives nothing where there is nothing to say. */
type BackgroundReader = (context: BackgroundContext) => Promise<Partial<Account>>;

/** Each on its own. A service is asked only where the account has something of it, and its client is loaded only then. */
const READERS: readonly BackgroundReader[] = [missingImages, accountAlias, publicImages, imageBuilder, dlmPolicies];

/**
 * Adds what a report says beside its decisions: which of the images that something names are gone, the account's alias, the
 * quota of public images, and what AWS's own lifecycles do. It only informs: what can't be read holds nothing back.
 */
export async function readBackground(
  account: Account,
  policy: Policy,
  { clients, observer }: Pick<ObserveRequest, 'clients' | 'observer'>,
): Promise<Account> {
  const requests = new Requests(() => observer.onCall?.('missing-images'));
  const found = await Promise.all(READERS.map((read) => read({ account, policy, clients, requests })));
  const known = { ...account };
  for (const one of found) Object.assign(known, one);
  return known;
}

async function missingImages({ account, clients, requests }: BackgroundContext) {
  const own = new Set(account.images.map(({ imageId }) => imageId));
  const named = [...account.references.images.keys()].filter((imageId) => !own.has(imageId));
  return { missingImages: await findMissingImages(clients, requests, named) };
}

async function accountAlias({ account: { target }, clients }: BackgroundContext) {
  const accountAlias = await readAccountAlias(clients);
  return accountAlias === undefined ? {} : { target: { ...target, accountAlias } };
}

async function publicImages({ policy, clients, requests }: BackgroundContext) {
  return policy.rules.some((rule) => rule.public) ? { publicImages: await readPublicImages(clients, requests) } : {};
}

async function imageBuilder(context: BackgroundContext) {
  const hasRecipes = context.account.references.sources.some(
    ({ name, status }) => name === 'image-builder-recipes' && status === 'read',
  );
  return hasRecipes ? (await import('./image-builder.ts')).readImageBuilder(context) : {};
}

async function dlmPolicies({ account, clients, requests }: BackgroundContext) {
  const policyIds = [...madeByDlm(account).keys()];
  if (policyIds.length === 0) return {};
  const { readDlmPolicies } = await import('../inventory/dlm-policies.ts');
  return { dlmPolicies: await readDlmPolicies(clients, requests, policyIds) };
}
