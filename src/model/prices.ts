import { SNAPSHOT_PRICES } from './snapshot-prices.ts';

/** Of a Region that is not on the list: what most Regions cost. */
const USUAL = { standard: 0.05, archive: 0.0125 };

/** US dollars a GiB and month of snapshot storage in a Region; `assumed`: usual ones, since it is not on the list. */
export function snapshotPrices(region: string) {
  return { ...(SNAPSHOT_PRICES.get(region) ?? USUAL), assumed: !SNAPSHOT_PRICES.has(region) };
}

/** AWS bills what lies in the archive for ninety days at least, in milliseconds. */
export const ARCHIVE_PAID_FOR = 90 * 86_400_000;
