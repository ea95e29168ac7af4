import type { ReportPrices } from './shape.ts';

/** Prices of snapshot storage, in US dollars a GiB and month. */
export interface PriceTable {
  readonly asOf: string;
  readonly source: string;
  readonly standardPerGiBMonth: Readonly<Record<string, number>>;
  readonly archivePerGiBMonth: Readonly<Record<string, number>>;
  /** Taken where a Region is not in the table; reports say so. */
  readonly assumed: { readonly standardPerGiBMonth: number; readonly archivePerGiBMonth: number };
}

/** Only Regions whose price is certain. */
export const PRICES: PriceTable = {
  asOf: '2026-11',
  source: 'https://aws.amazon.com/ebs/pricing/ (Amazon EBS Snapshots)',
  standardPerGiBMonth: {
    'us-east-1': 0.05,
    'us-east-2': 0.05,
    'us-west-2': 0.05,
    'eu-west-1': 0.05,
    'eu-west-2': 0.053,
  },
  archivePerGiBMonth: { 'us-east-1': 0.0125, 'us-east-2': 0.0125, 'us-west-2': 0.0125, 'eu-west-1': 0.0125 },
  assumed: { standardPerGiBMonth: 0.05, archivePerGiBMonth: 0.0125 },
};

/** The prices of one Region, and whether they are only assumed. */
export function pricesOf(region: string, table: PriceTable): ReportPrices {
  const standard = Object.hasOwn(table.standardPerGiBMonth, region) ? table.standardPerGiBMonth[region] : undefined;
  const archive = Object.hasOwn(table.archivePerGiBMonth, region) ? table.archivePerGiBMonth[region] : undefined;
  return {
    standardPerGiBMonth: standard ?? table.assumed.standardPerGiBMonth,
    archivePerGiBMonth: archive ?? table.assumed.archivePerGiBMonth,
    assumed: standard === undefined,
    asOf: table.asOf,
    source: table.source,
  };
}
