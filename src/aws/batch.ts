import {
  BatchClient,
  type BatchClientConfig,
  DescribeComputeEnvironmentsCommand,
  type DescribeComputeEnvironmentsCommandInput,
  type DescribeComputeEnvironmentsCommandOutput,
} from '@aws-sdk/client-batch';
import { endSilence } from './silence.ts';

/** What is read of AWS Batch. */
export interface Batch {
  readonly describeComputeEnvironments: (
    input: DescribeComputeEnvironmentsCommandInput,
  ) => Promise<DescribeComputeEnvironmentsCommandOutput>;
  readonly destroy: () => void;
}

/** Makes the client; this file is imported when a run first asks Batch anything. */
export function createBatch(settings: BatchClientConfig, silenceMilliseconds: number): Batch {
  const client = new BatchClient(settings);
  endSilence(client, silenceMilliseconds);
  return {
    describeComputeEnvironments: (input) => client.send(new DescribeComputeEnvironmentsCommand(input)),
    destroy: () => client.destroy(),
  };
}
