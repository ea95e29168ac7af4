import {
  type FleetData,
  paginateDescribeFleets,
  paginateDescribeSpotFleetRequests,
  paginateDescribeSpotInstanceRequests,
  type SpotFleetRequestConfig,
} from '@aws-sdk/client-ec2';
import { BrokenAnswerError, essential, itemsOf } from '../aws/requests.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, nameOf, reference, snapshotFindings, templateFindings } from './findings.ts';

// A state that is new to this code counts as use: unknown means keep.
const FLEET_ENDED = new Set<string>(['deleted', 'failed']);
const SPOT_FLEET_ENDED = new Set<string>(['cancelled', 'failed']);
const SPOT_REQUEST_ENDED = new Set<string>(['closed', 'cancelled', 'failed']);

/** EC2 Fleets that may still launch or whose instances still run. Instant fleets are over once they launched. */
export const ec2Fleets: Finder = {
  source: 'ec2-fleets',
  async *find({ clients, requests }) {
    const fleets = paginateDescribeFleets({ client: clients.ec2 }, { MaxResults: 1000 });
    for await (const fleet of itemsOf(fleets, 'Fleets', requests)) {
      if (!FLEET_ENDED.has(fleet.FleetState ?? '')) yield* fleetFindings(fleet);
    }
  },
};

function* fleetFindings(fleet: FleetData): Generator<Finding> {
  const named = reference('ec2:Fleet', essential(fleet.FleetId, 'FleetId'), fleet.FleetState);
  const label = nameOf(named);
  const configs = fleet.LaunchTemplateConfigs ?? [];
  // An instant fleet has launched what it ever will.
  if (configs.length === 0 && fleet.Type !== 'instant') throw launchesNothing(label);
  for (const { LaunchTemplateSpecification: specification, Overrides } of configs) {
    yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${label}`), label);
    for (const override of Overrides ?? []) {
      yield* imageFindings(override.ImageId, named);
      yield* snapshotFindings(override.BlockDeviceMappings, named);
    }
  }
}

/** Spot Fleet requests that may still launch or whose instances still run. */
export const spotFleets: Finder = {
  source: 'spot-fleets',
  async *find({ clients, requests }) {
    const fleets = paginateDescribeSpotFleetRequests({ client: clients.ec2 }, { MaxResults: 1000 });
    for await (const fleet of itemsOf(fleets, 'SpotFleetRequestConfigs', requests)) {
      if (!SPOT_FLEET_ENDED.has(fleet.SpotFleetRequestState ?? '')) yield* spotFleetFindings(fleet);
    }
  },
};

function* spotFleetFindings(fleet: SpotFleetRequestConfig): Generator<Finding> {
  const id = essential(fleet.SpotFleetRequestId, 'SpotFleetRequestId');
  const named = reference('ec2:SpotFleetRequest', id, fleet.SpotFleetRequestState);
  const label = nameOf(named);
  const config = essential(fleet.SpotFleetRequestConfig, `SpotFleetRequestConfig of ${label}`);
  const { LaunchSpecifications: specifications = [], LaunchTemplateConfigs: templates = [] } = config;
  if (specifications.length + templates.length === 0) throw launchesNothing(label);
  for (const specification of specifications) {
    yield* imageFindings(essential(specification.ImageId, `ImageId of ${label}`), named);
    yield* snapshotFindings(specification.BlockDeviceMappings, named);
  }
  for (const { LaunchTemplateSpecification: specification } of templates) {
    yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${label}`), label);
  }
}

/** Spot requests that are open or active. */
export const spotRequests: Finder = {
  source: 'spot-requests',
  async *find({ clients, requests }) {
    const open = paginateDescribeSpotInstanceRequests({ client: clients.ec2 }, { MaxResults: 1000 });
    for await (const request of itemsOf(open, 'SpotInstanceRequests', requests)) {
      if (SPOT_REQUEST_ENDED.has(request.State ?? '')) continue;
      const id = essential(request.SpotInstanceRequestId, 'SpotInstanceRequestId');
      const named = reference('ec2:SpotInstanceRequest', id, request.State);
      const specification = essential(request.LaunchSpecification, `LaunchSpecification of ${nameOf(named)}`);
      yield* imageFindings(essential(specification.ImageId, `ImageId of ${nameOf(named)}`), named);
      yield* snapshotFindings(specification.BlockDeviceMappings, named);
    }
  },
};

function launchesNothing(label: string): BrokenAnswerError {
  return new BrokenAnswerError(`the answer does not say what ${label} launches, which AWS always sends`);
}
