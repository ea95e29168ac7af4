/** AWS's public price list: which Regions it has, and what snapshot storage costs in each. */
import * as z from 'zod';

const regionIndex = z.object({
  regions: z.record(z.string(), z.object({ regionCode: z.string(), currentVersionUrl: z.string() })),
});

/** Local Zones and Wavelength Zones have price lists too, and longer names. */
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

/** The CSV file of each Region, as a path of the price list. */
export function priceFilesOf(index: unknown): { readonly region: string; readonly path: string }[] {
  return Object.values(regionIndex.parse(index).regions)
    .filter(({ regionCode }) => REGION.test(regionCode))
    .map(({ regionCode, currentVersionUrl }) => ({
      region: regionCode,
      path: currentVersionUrl.replace(/\.json$/, '.csv'),
    }))
    .sort((a, b) => (a.region < b.region ? -1 : 1));
}

/** What a Region's price list says of snapshot storage: US dollars a GB and month; AWS counts a GB as 2^30 bytes. */
interface RegionPrices {
  readonly publishedAt: string;
  readonly standard: number;
  readonly archive: number;
}

/** The whole of `EBS:SnapshotUsage`: beside it stand `….outposts` and `…UnderBilling`, at other prices. */
const USAGE_TYPE = /^(?:[A-Z0-9]+-)?EBS:(SnapshotUsage|SnapshotArchiveStorage)$/;

/**
 * Reads one Region's CSV file: five lines of metadata, the names of the columns, a line for each price.
 * @returns undefined where AWS bills the Region in another currency
 * @throws Error where a price is missing, or there are two
 */
export async function snapshotPricesOf(lines: AsyncIterable<string>): Promise<RegionPrices | undefined> {
  let publishedAt: string | undefined;
  let columns: readonly string[] | undefined;
  const found = new Map<string, number>();
  for await (const line of lines) {
    if (columns === undefined) {
      const values = valuesOf(line);
      if (values[0] === 'Publication Date') publishedAt = values[1];
      if (values[0] === 'SKU') columns = values;
    } else if (line.includes('EBS:Snapshot')) {
      const row = rowOf(columns, valuesOf(line));
      const [, kind] = USAGE_TYPE.exec(row('usageType')) ?? [];
      if (kind === undefined || row('TermType') !== 'OnDemand' || row('Location Type') !== 'AWS Region') continue;
      if (row('Currency') !== 'USD') return undefined;
      const price = Number(row('PricePerUnit'));
      if (row('Unit') !== 'GB-Mo' || !(price > 0)) throw new Error(`no price for a GB and month: ${line}`);
      if ((found.get(kind) ?? price) !== price)
        throw new Error(`${kind} has two prices: ${found.get(kind)} and ${price}`);
      found.set(kind, price);
    }
  }
  const standard = found.get('SnapshotUsage');
  const archive = found.get('SnapshotArchiveStorage');
  if (publishedAt === undefined || standard === undefined || archive === undefined) {
    throw new Error(`date ${publishedAt}, standard ${standard}, archive ${archive}: one of them is missing`);
  }
  return { publishedAt, standard, archive };
}

/** Every field is quoted; a quote within one is doubled. */
function valuesOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, value = '']) => value.replaceAll('""', '"'));
}

function rowOf(columns: readonly string[], values: readonly string[]): (name: string) => string {
  if (values.length !== columns.length) throw new Error(`${values.length} values for ${columns.length} columns`);
  return (name) => {
    const value = values[columns.indexOf(name)];
    if (value === undefined) throw new Error(`no column is called ${name}`);
    return value;
  };
}

/** The module that the report takes its prices from. */
export function pricesModule(
  source: string,
  asOf: string,
  regions: Readonly<Record<string, { readonly standard: number; readonly archive: number }>>,
): string {
  const rows = Object.entries(regions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, { standard, archive }]) => `  ['${region}', { standard: ${standard}, archive: ${archive} }],`);
  return [
    "// Made by 'npm run prices' from AWS's price list: don't change it by hand.",
    `export const SOURCE =\n  '${source}';`,
    '',
    "/** The day on which AWS published them; the oldest, where the Regions' differ. */",
    `export const AS_OF = '${asOf}';`,
    '',
    '/** US dollars a GiB and month of snapshot storage. */',
    'export const SNAPSHOT_PRICES: ReadonlyMap<string, { readonly standard: number; readonly archive: number }> = new Map([',
    ...rows,
    ']);',
    '',
  ].join('\n');
}
