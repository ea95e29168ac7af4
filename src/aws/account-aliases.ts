import {
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  EC2Client,
  type EC2ClientConfig,
  type EC2ClientResolvedConfig,
} from '@aws-sdk/client-ec2';
import { partition } from '@aws-sdk/core/client';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { Command } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';

/** They only inform: nobody waits longer for them. */
export const ALIASES_MILLISECONDS = 2000;

const NAMESPACE = 'com.amazonaws.iam';
const VERSION = '2010-05-08';

type Output = Pick<DescribeImagesCommandOutput, '$metadata'> & { readonly AccountAliases?: readonly string[] };
/** By the SDK's schemas: 64 a list of texts. */
type StructureSchema = [3, string, string, 0, string[], 64[]];

const asked: StructureSchema = [3, NAMESPACE, 'ListAccountAliasesRequest', 0, [], []];
const answered: StructureSchema = [3, NAMESPACE, 'ListAccountAliasesResponse', 0, ['AccountAliases'], [64]];

const ListAccountAliases = Command.classBuilder<Record<string, never>, Output, EC2ClientResolvedConfig>()
  .m((_, __, config) => [getEndpointPlugin(config, DescribeImagesCommand.getEndpointParameterInstructions())])
  .s('AWSIdentityManagementV20100508', 'ListAccountAliases', {})
  .n('IAMClient', 'ListAccountAliasesCommand')
  .sc([9, NAMESPACE, 'ListAccountAliases', 0, () => asked, () => answered])
  .build();

/** The Region that requests to IAM are signed for, by partition: it is in one place for all Regions of each. */
const SIGNING_REGIONS: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

/** As IAM's own client has it. */
function globalEndpoint(region: string): readonly [host: string, signingRegion: string] {
  const { name, dnsSuffix } = partition(region);
  const signingRegion = SIGNING_REGIONS[name] ?? 'us-east-1';
  if (name === 'aws') return [`iam.${dnsSuffix}`, signingRegion];
  return [`iam.${name === 'aws-us-gov' ? 'us-gov' : signingRegion}.${dnsSuffix}`, signingRegion];
}

/** A client of IAM, out of EC2's: one call is not worth all of IAM's in every function. It tries once. */
export function iamClient({ retryStrategy: _, ...config }: EC2ClientConfig): EC2Client {
  return new EC2Client({
    ...config,
    maxAttempts: 1,
    serviceId: 'iam',
    protocol: new AwsQueryProtocol({
      defaultNamespace: NAMESPACE,
      version: VERSION,
      xmlNamespace: `https://iam.amazonaws.com/doc/${VERSION}/`,
    }),
    endpointProvider: ({ Region = '', Endpoint, UseFIPS }) => {
      const [host, signingRegion] = globalEndpoint(Region);
      const named = UseFIPS === true && host === 'iam.amazonaws.com' ? 'iam-fips.amazonaws.com' : host;
      const signed = { name: 'sigv4', signingName: 'iam', signingRegion, properties: {} };
      return { url: new URL(Endpoint ?? `https://${named}`), properties: { authSchemes: [signed] } };
    },
  });
}

/** `iam:ListAccountAliases`: an account has one at most. */
export async function listAccountAliases(client: EC2Client): Promise<readonly string[]> {
  return (await client.send(new ListAccountAliases({}))).AccountAliases ?? [];
}
