import { DescribeSpotInstanceRequestsCommand } from '@aws-sdk/client-ec2';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Finder } from './finder.ts';
import { imageFindings, nameOf, reference, snapshotFindings } from './image-value.ts';

const ENDED = new Set<string>(['closed', 'cancelled', 'failed']);

/** Spot requests that are open, active, or in a state that is new to this code. */
export const spotRequests: Finder = {
  source: 'spot-requests',
  permissions: ['ec2:DescribeSpotInstanceRequests'],
  after: [],
  async *find({ clients, requests }) {
    const answers = pages(
      (NextToken) =>
        requests.send(() => clients.ec2.send(new DescribeSpotInstanceRequestsCommand({ MaxResults: 1000, NextToken }))),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const request of listOf(page.SpotInstanceRequests, 'SpotInstanceRequests')) {
        if (ENDED.has(request.State ?? '')) continue;
        const named = reference(
          'ec2:SpotInstanceRequest',
          essential(request.SpotInstanceRequestId, 'SpotInstanceRequestId'),
          request.State,
        );
        const specification = essential(request.LaunchSpecification, `LaunchSpecification of ${nameOf(named)}`);
        yield* imageFindings(essential(specification.ImageId, `ImageId of ${nameOf(named)}`), named);
        yield* snapshotFindings(specification.BlockDeviceMappings, named);
      }
    }
  },
};
