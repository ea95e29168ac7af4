import {
  DescribeInstances$,
  type DescribeInstancesRequest,
  type DescribeInstancesResult,
  DescribeRegions$,
  type DescribeRegionsRequest,
  type DescribeRegionsResult,
  type Instance,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { type FilterFields, filtered } from './filters.ts';
import { isListed } from './managed.ts';
import { INSTANCE_ID, pageSize, refuseTogether, selected } from './parameters.ts';

const FIELDS: FilterFields<Instance> = {
  architecture: (instance) => [instance.Architecture],
  'image-id': (instance) => [instance.ImageId],
  'instance-id': (instance) => [instance.InstanceId],
  'instance-lifecycle': (instance) => [instance.InstanceLifecycle],
  'instance-state-name': (instance) => [instance.State?.Name],
  'instance-type': (instance) => [instance.InstanceType],
};

function describeInstances(input: DescribeInstancesRequest, { state, pages }: Context): DescribeInstancesResult {
  refuseTogether(input.InstanceIds, 'instancesSet', input.MaxResults);
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  const listed = selected(state.instances, input.InstanceIds, INSTANCE_ID).filter((instance) =>
    isListed(instance, input.IncludeManagedResources, state),
  );
  const page = pages.take(filtered(listed, input.Filters, FIELDS), (instance) => instance.InstanceId, {
    token: input.NextToken,
    size,
  });
  const Reservations = page.items.map((instance) => ({
    ReservationId: (instance.InstanceId ?? '').replace(/^i-/, 'r-'),
    OwnerId: state.accountId,
    Groups: [],
    Instances: [instance],
  }));
  return { Reservations, NextToken: page.nextToken };
}

const REGIONS: Readonly<Record<string, string>> = {
  'eu-central-1': 'opt-in-not-required',
  'eu-north-1': 'opt-in-not-required',
  'eu-west-1': 'opt-in-not-required',
  'eu-west-2': 'opt-in-not-required',
  'us-east-1': 'opt-in-not-required',
  'us-east-2': 'opt-in-not-required',
  'us-west-2': 'opt-in-not-required',
  'ap-southeast-2': 'opt-in-not-required',
  'eu-south-1': 'opted-in',
  'af-south-1': 'not-opted-in',
};

function describeRegions(input: DescribeRegionsRequest): DescribeRegionsResult {
  const unknown = input.RegionNames?.find((name) => REGIONS[name] === undefined);
  if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid region name: ${unknown}`);
  const regions = Object.entries(REGIONS)
    .filter(
      ([name, status]) => input.RegionNames?.includes(name) ?? (input.AllRegions === true || status !== 'not-opted-in'),
    )
    .map(([RegionName, OptInStatus]) => ({ RegionName, OptInStatus, Endpoint: `ec2.${RegionName}.amazonaws.com` }));
  const fields = {
    'opt-in-status': (region: { OptInStatus: string }) => [region.OptInStatus],
    'region-name': (region: { RegionName: string }) => [region.RegionName],
  };
  return { Regions: [...filtered<(typeof regions)[number] & { Tags?: never }>(regions, input.Filters, fields)] };
}

export const instanceReads: readonly Operation[] = [
  read(DescribeInstances$, describeInstances),
  read(DescribeRegions$, describeRegions),
];
