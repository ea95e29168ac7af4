import { moneyRange } from '../text/format.ts';
import type { Report, ReportPrices, StorageTotals } from './shape.ts';
import { AS_OF, SNAPSHOT_PRICES, SOURCE } from './snapshot-prices.ts';

/** Of a Region that is not on the list: what most Regions cost. */
const USUAL = { standard: 0.05, archive: 0.0125 };

/** The prices of snapshot storage in one Region, and whether usual ones are assumed since it is not on the list. */
export function pricesOf(region: string): ReportPrices {
  const { standard, archive } = SNAPSHOT_PRICES.get(region) ?? USUAL;
  return {
    standardPerGiBMonth: standard,
    archivePerGiBMonth: archive,
    assumed: !SNAPSHOT_PRICES.has(region),
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
