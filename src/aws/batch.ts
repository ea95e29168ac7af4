import {
  BatchClient,
  type BatchClientConfig,
  type DescribeComputeEnvironmentsCommandInput,
  paginateDescribeComputeEnvironments,
} from '@aws-sdk/client-batch';
import { endSilence } from './silence.ts';

/** What is read of AWS Batch. */
export type Batch = ReturnType<typeof createBatch>;

/** Makes the client; this file is imported when a run first asks Batch anything. */
export function createBatch(settings: BatchClientConfig, silenceMilliseconds: number) {
  const client = new BatchClient(settings);
  endSilence(client, silenceMilliseconds);
  return {
    describeComputeEnvironments: (input: DescribeComputeEnvironmentsCommandInput) =>
      paginateDescribeComputeEnvironments({ client }, input),
    destroy: () => client.destroy(),
  };
}
