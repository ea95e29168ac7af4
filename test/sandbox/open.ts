import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { Batch } from '@aws-sdk/client-batch';
import { CodeBuild } from '@aws-sdk/client-codebuild';
import { EC2 } from '@aws-sdk/client-ec2';
import { EMR } from '@aws-sdk/client-emr';
import { Imagebuilder } from '@aws-sdk/client-imagebuilder';
import { Organizations } from '@aws-sdk/client-organizations';
import { RDS } from '@aws-sdk/client-rds';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SSM } from '@aws-sdk/client-ssm';
import { type AssumeRoleResponse, STS } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';

export const NOW = new Date('2026-11-21T02:00:00.000Z');

/** An endpoint over an account, closed when the test ends, and AWS's own clients for it. */
export async function open(account: AccountState = emptyAccount(), options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ account, now: () => NOW, ...options });
  const config = {
    endpoint: sandbox.url,
    region: account.region,
    credentials: { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const clients = {
    ...as(config),
    s3: new S3({ ...config, forcePathStyle: true }),
    imageBuilder: new Imagebuilder(config),
    batch: new Batch(config),
    emr: new EMR(config),
    codeBuild: new CodeBuild(config),
    sageMaker: new SageMaker(config),
    rds: new RDS(config),
    organizations: new Organizations({ ...config, region: 'us-east-1' }),
  };
  onTestFinished(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await sandbox.close();
  });
  return { sandbox, state: account, config, ...clients };
}

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly maxAttempts: number;
}

/** Clients that call as an assumed role, where one is given. */
export function as(config: ClientConfig, assumed?: AssumeRoleResponse) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = assumed?.Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const used = assumed === undefined ? config : { ...config, credentials };
  return {
    ec2: new EC2(used),
    autoScaling: new AutoScaling(used),
    ssm: new SSM(used),
    sts: new STS(used),
  };
}

/** The error's name, as the SDK gives it; fails where there is none. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  throw new Error('It was not refused.');
}
