import { snapshotPrices } from '../model/prices.ts';
import { AS_OF, SOURCE } from '../model/snapshot-prices.ts';
import { moneyRange } from '../text/format.ts';
import type { Report, ReportPrices, StorageTotals } from './shape.ts';

/** The prices of snapshot storage in one Region, and whether usual ones are assumed since it is not on the list. */
export function pricesOf(region: string): ReportPrices {
  const { standard, archive, assumed } = snapshotPrices(region);
  return {
    standardPerGiBMonth: standard,
    archivePerGiBMonth: archive,
    assumed,
    asOf: AS_OF,
    source: SOURCE,
  };
}

/** What storage costs a month: what it may share with the rest below, its full size above. */
export function costOf({ monthlyCostFrom = 0, monthlyCostUpTo }: StorageTotals): string {
  return moneyRange(monthlyCostFrom, monthlyCostUpTo);
}

/** How costs were worked out, and from which prices. */
export function costBasis({ prices, target }: Pick<Report, 'prices' | 'target'>): string {
  const { standardPerGiBMonth, assumed, asOf } = prices;
  const list = assumed ? `a usual price: ${target.region} is not on AWS’s list of ${asOf}` : `AWS’s list of ${asOf}`;
  return (
    `Costs: full snapshot size × $${standardPerGiBMonth} per GiB-month (${list}). The lower figure takes of snapshots that ` +
    'may share blocks (of one volume, of images made from one another, copies, without a known source) the largest alone, and nothing where one of them stays.'
  );
}
