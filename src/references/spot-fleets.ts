import { DescribeSpotFleetRequestsCommand, type SpotFleetRequestConfig } from '@aws-sdk/client-ec2';
import { BrokenAnswerError, essential, listOf, pages } from '../aws/pages.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, nameOf, reference, snapshotFindings } from './image-value.ts';
import { templateFindings } from './template-mention.ts';

const ENDED = new Set<string>(['cancelled', 'failed']);

/** Spot Fleet requests that may still launch or whose instances still run. */
export const spotFleets: Finder = {
  source: 'spot-fleets',
  permissions: ['ec2:DescribeSpotFleetRequests'],
  after: [],
  async *find({ clients, requests }) {
    const answers = pages(
      (NextToken) =>
        requests.send(() => clients.ec2.send(new DescribeSpotFleetRequestsCommand({ MaxResults: 1000, NextToken }))),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const fleet of listOf(page.SpotFleetRequestConfigs, 'SpotFleetRequestConfigs')) {
        if (!ENDED.has(fleet.SpotFleetRequestState ?? '')) yield* findingsOf(fleet);
      }
    }
  },
};

function* findingsOf(fleet: SpotFleetRequestConfig): Generator<Finding> {
  const named = reference(
    'ec2:SpotFleetRequest',
    essential(fleet.SpotFleetRequestId, 'SpotFleetRequestId'),
    fleet.SpotFleetRequestState,
  );
  const label = nameOf(named);
  const config = essential(fleet.SpotFleetRequestConfig, `SpotFleetRequestConfig of ${label}`);
  const { LaunchSpecifications: specifications = [], LaunchTemplateConfigs: templates = [] } = config;
  if (specifications.length + templates.length === 0) {
    throw new BrokenAnswerError(`the answer does not say what ${label} launches, which AWS always sends`);
  }
  for (const specification of specifications) {
    yield* imageFindings(essential(specification.ImageId, `ImageId of ${label}`), named);
    yield* snapshotFindings(specification.BlockDeviceMappings, named);
  }
  for (const { LaunchTemplateSpecification: specification } of templates) {
    yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${label}`), label);
  }
}
