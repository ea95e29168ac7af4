import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { countThrottles, type PaceSettings, paceAutoScaling, paceEc2 } from './rate-limit.ts';
import { endSilence, SILENCE_MILLISECONDS, type WithMiddleware } from './silence.ts';
import {
  iamClient,
  listAccountAliases,
  publicImagesQuota,
  type RecycleBinRules,
  recycleBinClient,
  recycleBinRules,
  serviceQuotasClient,
} from './small-services.ts';

/** Aliases and quotas only inform: nobody waits longer for them. */
const INFORMING_MILLISECONDS = 2000;

/** A client as much as counts here. */
interface AnyClient {
  readonly middlewareStack: WithMiddleware['middlewareStack'] & { remove(name: string): boolean };
  destroy(): void;
}

/** The AWS clients of one account and Region. */
export interface Clients {
  readonly region: string;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly s3: S3Client;
  /** Answers what AWS offers where, whatever the Region. */
  readonly serviceList: () => SSMClient;
  /** The client of a service that few accounts use, made when it is first asked for. */
  readonly of: <Client extends AnyClient>(Service: new (config: CommonConfig) => Client) => Client;
  readonly recycleBinRules: RecycleBinRules;
  /** EC2 in another Region, for what only informs: one try, two seconds at most. */
  readonly ec2In: (region: string) => EC2Client;
  /** How many public images the account may have in the Region: one try, two seconds at most. */
  readonly publicImagesQuota: () => Promise<number | undefined>;
  /** The account's aliases: one try, two seconds at most. */
  readonly accountAliases: () => Promise<readonly string[]>;
  /** Where one of many accounts is read: the client of another one of them, to read a parameter at its owner. */
  readonly ownersSsm?: (accountId: string, region: string) => Promise<SSMClient | undefined>;
  /** How many requests AWS throttled so far, those among them that a retry then brought through. */
  readonly throttles: () => number;
  /** Closes the connections, so that a process can end. */
  readonly destroy: () => void;
}

type SendingConfig = Pick<EC2ClientConfig, 'retryStrategy' | 'requestHandler' | 'endpoint' | 'credentials'>;
type CommonConfig = SendingConfig & Pick<EC2ClientConfig, 'region' | 'maxAttempts' | 'retryMode'>;

/** How clients send; nothing given is what a run against AWS needs. */
export interface ClientSettings {
  /** How often a request is tried, the first time included. */
  readonly maxAttempts?: number;
  /** Another way to wait between tries, or to send at all. */
  readonly sending?: SendingConfig;
  /** How requests wait for EC2's limits; `off` for endpoints that have none. */
  readonly pace?: PaceSettings | 'off';
  /** How long an operation may go without any answer before its requests fail, retries included. */
  readonly silenceMilliseconds?: number;
}

/**
 * The Region that is asked about all others. AWS answers this path in seventeen Regions only, and refers those who work
 * elsewhere to ask one of them.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
 */
export const SERVICE_LIST_REGION = 'us-east-1';

/** A connection that says nothing for so long is given up, so that a second try has its time before the silence ends. */
const TIMEOUTS = { connectionTimeout: 10_000, socketTimeout: 40_000 };

/**
 * Makes the clients of a Region from the standard AWS settings (`AWS_PROFILE`, `AWS_ENDPOINT_URL`, …).
 * @param region the Region to read and act in
 */
export function createClients(region: string, settings: ClientSettings = {}): Clients {
  const { maxAttempts = 8, sending, pace, silenceMilliseconds = SILENCE_MILLISECONDS } = settings;
  // Not `adaptive`: that slows a whole client for one throttled operation. What is throttled is slowed in `rate-limit.ts`.
  const common: CommonConfig = { region, maxAttempts, retryMode: 'standard', requestHandler: TIMEOUTS, ...sending };
  const made: AnyClient[] = [];
  const keep = <Client extends AnyClient>(client: Client, milliseconds = silenceMilliseconds): Client => {
    // It copies every answer whole, for a log that nobody keeps.
    client.middlewareStack.remove('loggerMiddleware');
    endSilence(client, milliseconds);
    made.push(client);
    return client;
  };
  const ec2 = keep(new EC2Client(common));
  const autoScaling = keep(new AutoScalingClient(common));
  const ssm = keep(new SSMClient(common));
  if (pace !== 'off') {
    paceEc2(ec2, pace);
    paceAutoScaling(autoScaling, pace);
  }
  // An endpoint of one's own (a test, a private gateway) has no DNS name for each bucket.
  const forcePathStyle = [sending?.endpoint, process.env.AWS_ENDPOINT_URL, process.env.AWS_ENDPOINT_URL_S3].some(
    (endpoint) => endpoint !== undefined,
  );
  let serviceList: SSMClient | undefined;
  return {
    region,
    ec2,
    autoScaling,
    ssm,
    sts: keep(new STSClient(common)),
    // Documents may lie in a bucket of another Region.
    s3: keep(new S3Client({ ...common, forcePathStyle, followRegionRedirects: true })),
    serviceList: () => (serviceList ??= keep(new SSMClient({ ...common, region: SERVICE_LIST_REGION }))),
    of: <Client extends AnyClient>(Service: new (config: CommonConfig) => Client) =>
      made.find((client): client is Client => client instanceof Service) ?? keep(new Service(common)),
    recycleBinRules: recycleBinRules(keep(recycleBinClient(common, ec2))),
    ec2In: (other) => keep(new EC2Client({ ...common, region: other, maxAttempts: 1 }), INFORMING_MILLISECONDS),
    publicImagesQuota: () => publicImagesQuota(keep(serviceQuotasClient(common, ec2), INFORMING_MILLISECONDS)),
    accountAliases: () => listAccountAliases(keep(iamClient(common), INFORMING_MILLISECONDS)),
    throttles: countThrottles([ec2, autoScaling, ssm]),
    destroy: () => {
      for (const client of made) client.destroy();
    },
  };
}
