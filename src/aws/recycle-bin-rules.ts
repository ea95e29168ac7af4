import {
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  EC2Client,
  type EC2ClientConfig,
  type EC2ClientResolvedConfig,
} from '@aws-sdk/client-ec2';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { Command } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';

const NAMESPACE = 'com.amazonaws.rbin';

interface Asked {
  readonly ResourceType?: 'EC2_IMAGE' | 'EBS_SNAPSHOT';
  readonly Identifier?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string | undefined;
  /** What `CreateRule` takes, whole. */
  readonly rule?: object;
}

type Output = Pick<DescribeImagesCommandOutput, '$metadata'> & { answer?: unknown };
/** By the SDK's schemas: 0 a text, 1 a number, 15 whatever JSON holds. */
type Members = Readonly<Record<string, 0 | 1 | [0, { httpLabel: 1 }] | [15, { httpPayload: 1 }]>>;
type StructureSchema = [3, string, string, 0, string[], Members[string][]];

/** An operation of which the SDK knows what is asked, and takes what is answered as it comes. */
export function recycleBinOperation(name: string, method: string, path: string, asked: Members) {
  const answered: Members = { answer: [15, { httpPayload: 1 }] };
  const structure = (members: Members): StructureSchema => [
    3,
    NAMESPACE,
    '',
    0,
    Object.keys(members),
    Object.values(members),
  ];
  return Command.classBuilder<Asked, Output, EC2ClientResolvedConfig>()
    .m((_, __, config) => [getEndpointPlugin(config, DescribeImagesCommand.getEndpointParameterInstructions())])
    .s('AmazonRecycleBin', name, {})
    .n('RbinClient', `${name}Command`)
    .sc([9, NAMESPACE, name, { http: [method, path, 200] }, () => structure(asked), () => structure(answered)])
    .build();
}

const ListRules = recycleBinOperation('ListRules', 'POST', '/list-rules', {
  ResourceType: 0,
  MaxResults: 1,
  NextToken: 0,
});
const GetRule = recycleBinOperation('GetRule', 'GET', '/rules/{Identifier}', { Identifier: [0, { httpLabel: 1 }] });

/**
 * The client of the Recycle Bin's own service (rbin), out of EC2's: the package for it that npm has (3.523.0) drops a
 * rule's exclusion tags. See docs/decisions/0030.
 */
export function recycleBinClient(config: EC2ClientConfig, ec2: EC2Client): EC2Client {
  return new EC2Client({
    ...config,
    serviceId: 'rbin',
    protocol: new AwsRestJsonProtocol({ defaultNamespace: NAMESPACE }),
    endpointProvider: (asked) => {
      const { url } = ec2.config.endpointProvider(asked);
      const signed = { name: 'sigv4', signingName: 'rbin', signingRegion: asked.Region ?? '', properties: {} };
      // AWS's own: EC2's name for the Region with rbin before it, so that every partition has its right one.
      const address = asked.Endpoint === undefined ? url.href.replace('://ec2', '://rbin') : url.href;
      return { url: new URL(address), properties: { authSchemes: [signed] } };
    },
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
