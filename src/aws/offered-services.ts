import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { type Clients, SERVICE_LIST_REGION } from './clients.ts';
import { failureOf } from './errors.ts';
import { itemsOf } from './pages.ts';
import type { Requests } from './requests.ts';

/** AWS's own names of services that it does not offer in every Region. */
export type RegionalService = 'batch' | 'imagebuilder';

/** Whether AWS offers a service in a Region, by its own list; or why that is unknown. */
export type Offer = { readonly offer: 'offered' | 'not-offered' } | { readonly offer: 'unknown'; readonly why: string };

/** Regions of other partitions, which that list does not hold. */
const OTHER_PARTITION = /^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/;

/**
 * Asks AWS's own list whether a service is offered in the clients' Region; only where its endpoint was not found, which
 * alone proves nothing. The Regions of one service are asked for, not the services of one Region: a list that names the
 * service elsewhere shows that this is what AWS calls it.
 */
export async function offerOf(
  { region, serviceList }: Clients,
  requests: Requests,
  service: RegionalService,
): Promise<Offer> {
  if (OTHER_PARTITION.test(region)) return { offer: 'unknown', why: `AWS's list does not tell of ${region}` };
  const Path = `/aws/service/global-infrastructure/services/${service}/regions`;
  const offered = new Set<string>();
  try {
    const parameters = paginateGetParametersByPath({ client: serviceList() }, { Path, MaxResults: 10 });
    for await (const { Value } of itemsOf(parameters, 'Parameters', requests))
      if (Value !== undefined) offered.add(Value);
  } catch (error) {
    return { offer: 'unknown', why: `AWS's list of services could not be read: ${failureOf(error).sentence}` };
  }
  if (offered.has(region)) return { offer: 'offered' };
  return offered.has(SERVICE_LIST_REGION)
    ? { offer: 'not-offered' }
    : { offer: 'unknown', why: `AWS's list does not name ${service} in ${SERVICE_LIST_REGION}, so it is not whole` };
}
