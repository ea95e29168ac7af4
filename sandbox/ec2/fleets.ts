import {
  DescribeFleets$,
  type DescribeFleetsRequest,
  type DescribeFleetsResult,
  DescribeSpotFleetRequests$,
  type DescribeSpotFleetRequestsRequest,
  type DescribeSpotFleetRequestsResponse,
  DescribeSpotInstanceRequests$,
  type DescribeSpotInstanceRequestsRequest,
  type DescribeSpotInstanceRequestsResult,
  type FleetData,
  type SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { type FilterFields, filtered } from './filters.ts';
import { pageSize, refuseTogether } from './parameters.ts';

const FLEET_FIELDS: FilterFields<FleetData> = {
  'activity-status': (fleet) => [fleet.ActivityStatus],
  'fleet-state': (fleet) => [fleet.FleetState],
  type: (fleet) => [fleet.Type],
};

const SPOT_FIELDS: FilterFields<SpotInstanceRequest> = {
  'launch.image-id': (request) => [request.LaunchSpecification?.ImageId],
  'spot-instance-request-id': (request) => [request.SpotInstanceRequestId],
  state: (request) => [request.State],
  type: (request) => [request.Type],
};

/** The resources that ids of no common form name, all of them without ids. */
function named<Resource>(
  resources: ReadonlyMap<string, Resource>,
  ids: readonly string[] | undefined,
  notFound: string,
): readonly Resource[] {
  if (ids === undefined || ids.length === 0) return [...resources.values()];
  return ids.map((id) => {
    const found = resources.get(id);
    if (found === undefined) throw new ServiceError(notFound, `The ID '${id}' does not exist`);
    return found;
  });
}

function describeFleets(input: DescribeFleetsRequest, { state, pages }: Context): DescribeFleetsResult {
  const size = pageSize(input.MaxResults, { min: 1, max: 1000, default: 1000 });
  const fleets = named(state.fleets, input.FleetIds, 'InvalidFleetId.NotFound');
  // Instant fleets are only described when they are asked for by id.
  const listed = fleets.filter((fleet) => fleet.Type !== 'instant' || input.FleetIds !== undefined);
  const page = pages.take(filtered(listed, input.Filters, FLEET_FIELDS), (fleet) => fleet.FleetId, {
    token: input.NextToken,
    size,
  });
  return { Fleets: page.items, NextToken: page.nextToken };
}

function describeSpotFleets(
  input: DescribeSpotFleetRequestsRequest,
  { state, pages }: Context,
): DescribeSpotFleetRequestsResponse {
  const size = pageSize(input.MaxResults, { min: 1, max: 1000, default: 1000 });
  const requests = named(state.spotFleets, input.SpotFleetRequestIds, 'InvalidSpotFleetRequestId.NotFound');
  const page = pages.take(requests, (request) => request.SpotFleetRequestId, { token: input.NextToken, size });
  return { SpotFleetRequestConfigs: page.items, NextToken: page.nextToken };
}

function describeSpotRequests(
  input: DescribeSpotInstanceRequestsRequest,
  { state, pages }: Context,
): DescribeSpotInstanceRequestsResult {
  refuseTogether(input.SpotInstanceRequestIds, 'spotInstanceRequestIdSet', input.MaxResults);
  const size = pageSize(input.MaxResults, { min: 5, max: 1000 });
  const requests = named(state.spotRequests, input.SpotInstanceRequestIds, 'InvalidSpotInstanceRequestID.NotFound');
  const page = pages.take(filtered(requests, input.Filters, SPOT_FIELDS), (request) => request.SpotInstanceRequestId, {
    token: input.NextToken,
    size,
  });
  return { SpotInstanceRequests: page.items, NextToken: page.nextToken };
}

export const fleetReads: readonly Operation[] = [
  read(DescribeFleets$, describeFleets),
  read(DescribeSpotFleetRequests$, describeSpotFleets),
  read(DescribeSpotInstanceRequests$, describeSpotRequests),
];
