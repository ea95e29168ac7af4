import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Batch } from './batch.ts';
import type { ImageBuilder } from './image-builder.ts';
import { type PaceSettings, paceAutoScaling, paceEc2 } from './rate-limit.ts';
import { createRecycleBinRules, type RecycleBinRules } from './recycle-bin-rules.ts';
import { endSilence, SILENCE_MILLISECONDS } from './silence.ts';

/** The AWS clients of one account and Region. Those that few accounts need are loaded when first asked for. */
export interface Clients {
  readonly region: string;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly s3: S3Client;
  /** Answers what AWS offers where, whatever the Region. */
  readonly serviceList: () => SSMClient;
  readonly imageBuilder: () => Promise<ImageBuilder>;
  readonly batch: () => Promise<Batch>;
  readonly recycleBinRules: RecycleBinRules;
  /** Closes the connections, so that a process can end. */
  readonly destroy: () => void;
}

/** How clients send; nothing given is what a run against AWS needs. */
export interface ClientSettings {
  /** How often a request is tried, the first time included. */
  readonly maxAttempts?: number;
  /** Another way to wait between tries, or to send at all. */
  readonly sending?: Pick<EC2ClientConfig, 'retryStrategy' | 'requestHandler' | 'endpoint' | 'credentials'>;
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
  // Not `adaptive`: that slows a whole client for one throttled operation. What is throttled is slowed in `pace.ts`.
  const common = { region, maxAttempts, retryMode: 'standard', requestHandler: TIMEOUTS, ...sending };
  const ec2 = new EC2Client(common);
  const autoScaling = new AutoScalingClient(common);
  if (pace !== 'off') {
    paceEc2(ec2, pace);
    paceAutoScaling(autoScaling, pace);
  }
  const ssm = new SSMClient(common);
  const sts = new STSClient(common);
  // An endpoint of one's own (a test, a private gateway) has no DNS name for each bucket.
  // Documents may lie in a bucket of another Region.
  const s3 = new S3Client({
    ...common,
    forcePathStyle: sending?.endpoint !== undefined || ownEndpoint(),
    followRegionRedirects: true,
  });
  const imageBuilder = once(async () =>
    (await import('./image-builder.ts')).createImageBuilder(common, silenceMilliseconds),
  );
  const batch = once(async () => (await import('./batch.ts')).createBatch(common, silenceMilliseconds));
  for (const client of [ec2, autoScaling, ssm, sts, s3]) {
    // It copies every answer whole, for a log that nobody keeps.
    client.middlewareStack.remove('loggerMiddleware');
    endSilence(client, silenceMilliseconds);
  }
  let list: SSMClient | undefined;
  const serviceList = () => {
    list ??= new SSMClient({ ...common, region: SERVICE_LIST_REGION });
    return list;
  };
  const destroy = () => {
    list?.destroy();
    for (const client of [ec2, autoScaling, ssm, sts, s3]) client.destroy();
    for (const lazy of [imageBuilder, batch]) void lazy.started()?.then((client) => client.destroy());
  };
  const endpoint = typeof sending?.endpoint === 'string' ? sending.endpoint : undefined;
  const recycleBinRules = createRecycleBinRules(ec2, region, endpoint);
  return { region, ec2, autoScaling, ssm, sts, s3, serviceList, imageBuilder, batch, recycleBinRules, destroy };
}

function ownEndpoint(): boolean {
  return process.env.AWS_ENDPOINT_URL !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined;
}

function once<T>(make: () => Promise<T>): (() => Promise<T>) & { started: () => Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  const get = () => {
    made ??= make();
    return made;
  };
  return Object.assign(get, { started: () => made });
}
