import {
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  EC2Client,
  type EC2ClientConfig,
  type EC2ClientResolvedConfig,
} from '@aws-sdk/client-ec2';
import { partition } from '@aws-sdk/core/client';
import { AwsJson1_1Protocol, AwsQueryProtocol, AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { Command } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';

// Services of which a call or two is needed, sent by EC2's client: their packages are not worth it in every function.

const RECYCLE_BIN = 'com.amazonaws.rbin';
const IAM = 'com.amazonaws.iam';
const SERVICE_QUOTAS = 'com.amazonaws.servicequotas';

type Structure = [3, string, string, 0, string[], Member[]];
/** By the SDK's schemas: 0 a text, 1 a number, 15 whatever JSON holds, 64 a list of texts. */
type Member = 0 | 1 | [0, { httpLabel: 1 }] | [15, { httpPayload: 1 }] | 64 | (() => Structure);
type Members = Readonly<Record<string, Member>>;

interface Operation {
  readonly namespace: string;
  readonly service: string;
  readonly name: string;
  readonly http?: [method: string, path: string, status: number];
  readonly asked: Members;
  readonly answered: Members;
}

function structure(namespace: string, name: string, members: Members): Structure {
  return [3, namespace, name, 0, Object.keys(members), Object.values(members)];
}

/** An operation whose model is what we ask and what we read of the answer. */
function operation<Asked extends object, Answered extends object>(of: Operation) {
  const { namespace, service, name, http, asked, answered } = of;
  const request = structure(namespace, `${name}Request`, asked);
  const response = structure(namespace, `${name}Response`, answered);
  type Output = Pick<DescribeImagesCommandOutput, '$metadata'> & Answered;
  return Command.classBuilder<Asked, Output, EC2ClientResolvedConfig>()
    .m((_, __, config) => [getEndpointPlugin(config, DescribeImagesCommand.getEndpointParameterInstructions())])
    .s(service, name, {})
    .n(service, `${name}Command`)
    .sc([9, namespace, name, http === undefined ? 0 : { http }, () => request, () => response])
    .build();
}

/** EC2's name for the Region with the service's in its place, so that every partition has its right one. */
function regional(ec2: EC2Client, signingName: string): NonNullable<EC2ClientConfig['endpointProvider']> {
  return (asked) => {
    const { url } = ec2.config.endpointProvider(asked);
    const signed = { name: 'sigv4', signingName, signingRegion: asked.Region ?? '', properties: {} };
    const address = asked.Endpoint === undefined ? url.href.replace('://ec2', `://${signingName}`) : url.href;
    return { url: new URL(address), properties: { authSchemes: [signed] } };
  };
}

interface RuleQuestion {
  readonly ResourceType?: 'EC2_IMAGE' | 'EBS_SNAPSHOT';
  readonly Identifier?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string | undefined;
  /** What `CreateRule` takes, whole. */
  readonly rule?: object;
}

/** An operation of the Recycle Bin, of which the SDK knows what is asked, and takes what is answered as it comes. */
export function recycleBinOperation(name: string, method: string, path: string, asked: Members) {
  return operation<RuleQuestion, { answer?: unknown }>({
    namespace: RECYCLE_BIN,
    service: 'AmazonRecycleBin',
    name,
    http: [method, path, 200],
    asked,
    answered: { answer: [15, { httpPayload: 1 }] },
  });
}

const ListRules = recycleBinOperation('ListRules', 'POST', '/list-rules', {
  ResourceType: 0,
  MaxResults: 1,
  NextToken: 0,
});
const GetRule = recycleBinOperation('GetRule', 'GET', '/rules/{Identifier}', { Identifier: [0, { httpLabel: 1 }] });

/**
 * The client of the Recycle Bin's own service (rbin): the package for it that npm has (3.523.0) drops a rule's exclusion
 * tags. See docs/decisions/0030.
 */
export function recycleBinClient(config: EC2ClientConfig, ec2: EC2Client): EC2Client {
  return new EC2Client({
    ...config,
    serviceId: 'rbin',
    protocol: new AwsRestJsonProtocol({ defaultNamespace: RECYCLE_BIN }),
    endpointProvider: regional(ec2, 'rbin'),
  });
}

/** Reads the rules of the Recycle Bin; answers are as they came. */
export type RecycleBinRules = ReturnType<typeof recycleBinRules>;

/** Its two calls. */
export function recycleBinRules(client: EC2Client) {
  return {
    /** `rbin:ListRules`: a page of the rules of a type. */
    list: async (ResourceType: 'EC2_IMAGE' | 'EBS_SNAPSHOT', NextToken: string | undefined) =>
      (await client.send(new ListRules({ ResourceType, MaxResults: 1000, NextToken }))).answer,
    /** `rbin:GetRule`: all of one rule, its exclusions included. */
    get: async (Identifier: string) => (await client.send(new GetRule({ Identifier }))).answer,
  };
}

/** EC2's client takes what has a member in common with its own. */
type QuotaQuestion = { readonly ServiceCode: string; readonly QuotaCode: string; readonly DryRun?: never };

const GetServiceQuota = operation<QuotaQuestion, { readonly Quota?: { readonly Value?: number } }>({
  namespace: SERVICE_QUOTAS,
  service: 'ServiceQuotasV20190624',
  name: 'GetServiceQuota',
  asked: { ServiceCode: 0, QuotaCode: 0 },
  answered: { Quota: () => structure(SERVICE_QUOTAS, 'ServiceQuota', { Value: 1 }) },
});

/** A client of Service Quotas. It tries once. */
export function serviceQuotasClient({ retryStrategy: _, ...config }: EC2ClientConfig, ec2: EC2Client): EC2Client {
  return new EC2Client({
    ...config,
    maxAttempts: 1,
    serviceId: 'Service Quotas',
    protocol: new AwsJson1_1Protocol({
      defaultNamespace: SERVICE_QUOTAS,
      serviceTarget: 'ServiceQuotasV20190624',
      awsQueryCompatible: false,
    }),
    endpointProvider: regional(ec2, 'servicequotas'),
  });
}

/** `servicequotas:GetServiceQuota`: how many public images the account may have in the Region; AWS's default is 5. */
export async function publicImagesQuota(client: EC2Client): Promise<number | undefined> {
  const { Quota } = await client.send(new GetServiceQuota({ ServiceCode: 'ec2', QuotaCode: 'L-0E3CBAB9' }));
  return Quota?.Value;
}

const ListAccountAliases = operation<Record<string, never>, { readonly AccountAliases?: readonly string[] }>({
  namespace: IAM,
  service: 'AWSIdentityManagementV20100508',
  name: 'ListAccountAliases',
  asked: {},
  answered: { AccountAliases: 64 },
});

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

/** A client of IAM. It tries once. */
export function iamClient({ retryStrategy: _, ...config }: EC2ClientConfig): EC2Client {
  return new EC2Client({
    ...config,
    maxAttempts: 1,
    serviceId: 'iam',
    protocol: new AwsQueryProtocol({
      defaultNamespace: IAM,
      version: '2010-05-08',
      xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
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
