import type { ReportPrices } from './shape.ts';

/** US dollars a GiB and month, of Regions whose price is certain. */
const STANDARD: ReadonlyMap<string, number> = new Map([
  ['us-east-1', 0.05],
  ['us-east-2', 0.05],
  ['us-west-2', 0.05],
  ['eu-west-1', 0.05],
  ['eu-west-2', 0.053],
]);

/** The prices of snapshot storage in one Region, and whether a usual one is assumed since it is not known. */
export function pricesOf(region: string): ReportPrices {
  return {
    standardPerGiBMonth: STANDARD.get(region) ?? 0.05,
    archivePerGiBMonth: 0.0125,
    assumed: !STANDARD.has(region),
    asOf: '2026-11',
    source: 'https://aws.amazon.com/ebs/pricing/ (Amazon EBS Snapshots)',
  };
}
