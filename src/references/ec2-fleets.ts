import { DescribeFleetsCommand, type FleetData } from '@aws-sdk/client-ec2';
import { BrokenAnswerError, essential, listOf, pages } from '../aws/pages.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, nameOf, reference, snapshotFindings } from './image-value.ts';
import { templateFindings } from './template-mention.ts';

const ENDED = new Set<string>(['deleted', 'failed']);

/** EC2 Fleets that may still launch or whose instances still run. Instant fleets are over once they launched. */
export const ec2Fleets: Finder = {
  source: 'ec2-fleets',
  permissions: ['ec2:DescribeFleets'],
  after: [],
  async *find({ clients, requests }) {
    const answers = pages(
      (NextToken) => requests.send(() => clients.ec2.send(new DescribeFleetsCommand({ MaxResults: 1000, NextToken }))),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const fleet of listOf(page.Fleets, 'Fleets')) {
        if (!ENDED.has(fleet.FleetState ?? '')) yield* findingsOf(fleet);
      }
    }
  },
};

function* findingsOf(fleet: FleetData): Generator<Finding> {
  const named = reference('ec2:Fleet', essential(fleet.FleetId, 'FleetId'), fleet.FleetState);
  const configs = fleet.LaunchTemplateConfigs ?? [];
  // An instant fleet has launched what it ever will.
  if (configs.length === 0 && fleet.Type !== 'instant') {
    throw new BrokenAnswerError(`the answer does not say what ${nameOf(named)} launches, which AWS always sends`);
  }
  for (const { LaunchTemplateSpecification: specification, Overrides } of configs) {
    yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${nameOf(named)}`), nameOf(named));
    for (const override of Overrides ?? []) {
      yield* imageFindings(override.ImageId, named);
      yield* snapshotFindings(override.BlockDeviceMappings, named);
    }
  }
}
