import { DescribeRegions$, type DescribeRegionsRequest, type DescribeRegionsResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { regionsOf } from '../regions.ts';
import { type FilterFields, filtered } from './filters.ts';

interface Row {
  readonly RegionName: string;
  readonly OptInStatus: string;
  readonly Endpoint: string;
  readonly Tags?: never;
}

const FIELDS: FilterFields<Row> = {
  endpoint: (region) => [region.Endpoint],
  'opt-in-status': (region) => [region.OptInStatus],
  'region-name': (region) => [region.RegionName],
};

/** Named Regions are told of whether they are enabled or not; else those that are, or all. */
function describeRegions(input: DescribeRegionsRequest, { state }: Context): DescribeRegionsResult {
  const known = regionsOf(state.everywhere);
  const names = input.RegionNames ?? [];
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new ServiceError('InvalidParameterValue', `Invalid region name: ${unknown}`);
  const isAsked = (name: string, status: string) =>
    names.length > 0 ? names.includes(name) : input.AllRegions === true || status !== 'not-opted-in';
  const regions = [...known]
    .filter(([name, status]) => isAsked(name, status))
    .map(
      ([RegionName, OptInStatus]): Row => ({ RegionName, OptInStatus, Endpoint: `ec2.${RegionName}.amazonaws.com` }),
    );
  return { Regions: [...filtered(regions, input.Filters, FIELDS)] };
}

export const regionReads: readonly Operation[] = [read(DescribeRegions$, describeRegions)];
