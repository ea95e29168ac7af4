import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const NAMESPACE = 'com.amazonaws.servicequotas';

/** In the form in which the SDK's packages export theirs; nothing else here needs Service Quotas' own. */
const quota: readonly unknown[] = [3, NAMESPACE, 'ServiceQuota', 0, ['ServiceCode', 'QuotaCode', 'Value'], [0, 0, 1]];
const GetServiceQuota$: readonly unknown[] = [
  9,
  NAMESPACE,
  'GetServiceQuota',
  0,
  [3, NAMESPACE, 'GetServiceQuotaRequest', 0, ['ServiceCode', 'QuotaCode'], [0, 0]],
  [3, NAMESPACE, 'GetServiceQuotaResponse', 0, ['Quota'], [quota]],
];

interface Asked {
  readonly ServiceCode?: string;
  readonly QuotaCode?: string;
}

function getServiceQuota({ ServiceCode, QuotaCode }: Asked, { state }: Context) {
  if (ServiceCode !== 'ec2' || QuotaCode !== 'L-0E3CBAB9')
    throw new ServiceError(
      'NoSuchResourceException',
      'The request failed because the specified resource does not exist.',
    );
  return { Quota: { ServiceCode, QuotaCode, Value: state.publicImages.quota } };
}

export const serviceQuotasOperations: readonly Operation[] = [read(GetServiceQuota$, getServiceQuota)];
