import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { type Clients, SERVICE_LIST_REGION } from './clients.ts';
import { failureOf } from './errors.ts';
import { itemsOf, type Requests } from './requests.ts';

/** Regions of other partitions, which AWS's list does not hold. */
const OTHER_PARTITION = /^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/;

/**
 * Asks AWS's own list whether a service is offered in the clients' Region; only where its endpoint was not found, which
 * alone proves nothing. The Regions of one service are asked for, not the services of one Region: a list that names the
 * service elsewhere shows that this is what AWS calls it.
 * @returns whether the service certainly is not there, and in words what AWS's list says
 */
export async function readOffer(
  { region, serviceList }: Clients,
  requests: Requests,
  service: string,
): Promise<{ readonly isAbsent: boolean; readonly why: string }> {
  const unknown = (why: string) => ({
    isAbsent: false,
    why: `whether ${service} is offered in ${region} can't be told: ${why}`,
  });
  if (OTHER_PARTITION.test(region)) return unknown(`AWS's list does not tell of ${region}`);
  const Path = `/aws/service/global-infrastructure/services/${service}/regions`;
  const offered = new Set<string>();
  try {
    const parameters = paginateGetParametersByPath({ client: serviceList() }, { Path, MaxResults: 10 });
    for await (const { Value } of itemsOf(parameters, 'Parameters', requests))
      if (Value !== undefined) offered.add(Value);
  } catch (error) {
    return unknown(`AWS's list of services could not be read: ${failureOf(error).sentence}`);
  }
  if (offered.has(region))
    return { isAbsent: false, why: `AWS's list of services says that ${service} is offered in ${region}` };
  if (offered.has(SERVICE_LIST_REGION))
    return { isAbsent: true, why: `AWS does not offer ${service} in ${region}, by its own list of services` };
  return unknown(`AWS's list does not name ${service} in ${SERVICE_LIST_REGION}, so it is not whole`);
}
