import {
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  EC2Client,
  type EC2ClientConfig,
  type EC2ClientResolvedConfig,
} from '@aws-sdk/client-ec2';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { Command } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';

const NAMESPACE = 'com.amazonaws.servicequotas';

interface Asked {
  readonly ServiceCode: string;
  readonly QuotaCode: string;
  /** EC2's client takes what has a member in common with its own. */
  readonly DryRun?: never;
}
type Output = Pick<DescribeImagesCommandOutput, '$metadata'> & { readonly Quota?: { readonly Value?: number } };
/** By the SDK's schemas: 0 a text, 1 a number. */
type StructureSchema = [3, string, string, 0, string[], (0 | 1 | (() => StructureSchema))[]];

const asked: StructureSchema = [3, NAMESPACE, 'GetServiceQuotaRequest', 0, ['ServiceCode', 'QuotaCode'], [0, 0]];
const quota: StructureSchema = [3, NAMESPACE, 'ServiceQuota', 0, ['Value'], [1]];
const answered: StructureSchema = [3, NAMESPACE, 'GetServiceQuotaResponse', 0, ['Quota'], [() => quota]];

const GetServiceQuota = Command.classBuilder<Asked, Output, EC2ClientResolvedConfig>()
  .m((_, __, config) => [getEndpointPlugin(config, DescribeImagesCommand.getEndpointParameterInstructions())])
  .s('ServiceQuotasV20190624', 'GetServiceQuota', {})
  .n('ServiceQuotasClient', 'GetServiceQuotaCommand')
  .sc([9, NAMESPACE, 'GetServiceQuota', 0, () => asked, () => answered])
  .build();

/** A client of Service Quotas, out of EC2's: one call is not worth all of its own in every function. It tries once. */
export function serviceQuotasClient({ retryStrategy: _, ...config }: EC2ClientConfig, ec2: EC2Client): EC2Client {
  return new EC2Client({
    ...config,
    maxAttempts: 1,
    serviceId: 'Service Quotas',
    protocol: new AwsJson1_1Protocol({
      defaultNamespace: NAMESPACE,
      serviceTarget: 'ServiceQuotasV20190624',
      awsQueryCompatible: false,
    }),
    endpointProvider: (wanted) => {
      const { url } = ec2.config.endpointProvider(wanted);
      const signed = {
        name: 'sigv4',
        signingName: 'servicequotas',
        signingRegion: wanted.Region ?? '',
        properties: {},
      };
      const address = wanted.Endpoint === undefined ? url.href.replace('://ec2', '://servicequotas') : url.href;
      return { url: new URL(address), properties: { authSchemes: [signed] } };
    },
  });
}

/** `servicequotas:GetServiceQuota`: how many public images the account may have in the Region; AWS's default is 5. */
export async function publicImagesQuota(client: EC2Client): Promise<number | undefined> {
  const { Quota } = await client.send(new GetServiceQuota({ ServiceCode: 'ec2', QuotaCode: 'L-0E3CBAB9' }));
  return Quota?.Value;
}
