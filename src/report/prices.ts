import type { ReportPrices } from './shape.ts';
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
