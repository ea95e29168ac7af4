import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { priceFilesOf, pricesModule, snapshotPricesOf } from '../../scripts/price-list.ts';
import { pricesOf } from '../../src/report/prices.ts';

describe('a report takes', () => {
  test.each([
    ['us-east-1', 0.05, 0.0125],
    ['us-east-2', 0.05, 0.0125],
    ['eu-central-1', 0.054, 0.0135],
    ['sa-east-1', 0.068, 0.017],
    ['us-gov-west-1', 0.066, 0.0165],
  ])('the prices of %s from the list', (region, standardPerGiBMonth, archivePerGiBMonth) => {
    expect(pricesOf(region)).toMatchObject({ standardPerGiBMonth, archivePerGiBMonth, assumed: false });
  });

  test.each(['cn-north-1', 'eusc-de-east-1', 'xx-nowhere-1'])('usual ones for %s, and says so', (region) => {
    expect(pricesOf(region)).toMatchObject({ standardPerGiBMonth: 0.05, archivePerGiBMonth: 0.0125, assumed: true });
  });

  test('the day of the list with them', () => {
    expect(Date.parse(pricesOf('eu-west-1').asOf)).toBeGreaterThan(Date.parse('2026-01-01'));
  });
});

/** The columns of AmazonEC2's CSV files that matter, among some that don't. */
const COLUMNS =
  'SKU,TermType,PriceDescription,Unit,PricePerUnit,Currency,Product Family,Location Type,usageType,Region Code';

interface Row {
  readonly usage: string;
  readonly price: string;
  readonly term?: string;
  readonly unit?: string;
  readonly currency?: string;
  readonly location?: string;
}

const quoted = (values: readonly string[]) => values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');

async function* priceList(rows: readonly Row[], date = '2026-10-15T19:13:16Z') {
  yield* ['"FormatVersion","v1.0"', '"Disclaimer","This, ""as is"""'];
  yield* [`"Publication Date","${date}"`, '"Version","20261015191316"', '"OfferCode","AmazonEC2"'];
  yield quoted(COLUMNS.split(','));
  for (const { usage, price, term = 'OnDemand', unit = 'GB-Mo', currency = 'USD', location = 'AWS Region' } of rows) {
    const said = `$${price} per "GB-Month", of snapshot data`;
    yield quoted(['SKU1', term, said, unit, price, currency, 'Storage Snapshot', location, usage, 'eu-west-3']);
  }
}

const STANDARD = { usage: 'EUW3-EBS:SnapshotUsage', price: '0.053' };
const ARCHIVE = { usage: 'EUW3-EBS:SnapshotArchiveStorage', price: '0.01325' };
const PRICES = { publishedAt: '2026-10-15T19:13:16Z', standard: 0.053, archive: 0.01325 };

describe('of a Region’s price list', () => {
  test.each<[string, readonly Row[]]>([
    ['outposts', [{ usage: 'EUW3-EBS:SnapshotUsage.outposts', price: '0.028' }]],
    ['outposts by their location', [{ ...STANDARD, price: '0.028', location: 'AWS Outposts' }]],
    ['underbilling', [{ usage: 'EUW3-EBS:SnapshotUsageUnderBilling', price: '0.01' }]],
    ['retrievals', [{ usage: 'EUW3-EBS:SnapshotArchiveRetrieval', price: '0.03', unit: 'GB' }]],
    ['other terms', [{ ...STANDARD, price: '0.04', term: 'Reserved' }]],
    ['the same price again', [STANDARD]],
  ])('both prices are read, beside %s', async (_, others) => {
    expect(await snapshotPricesOf(priceList([...others, STANDARD, ARCHIVE, ...others]))).toEqual(PRICES);
  });

  test('us-east-1’s usage types bear no prefix', async () => {
    const bare = [STANDARD, ARCHIVE].map((row) => ({ ...row, usage: row.usage.replace('EUW3-', '') }));
    expect(await snapshotPricesOf(priceList(bare))).toEqual(PRICES);
  });

  test('another currency leaves it out', async () => {
    expect(await snapshotPricesOf(priceList([{ ...STANDARD, currency: 'CNY' }]))).toBeUndefined();
  });

  test.each<[string, readonly Row[], string]>([
    ['two prices', [STANDARD, ARCHIVE, { ...STANDARD, price: '0.06' }], 'SnapshotUsage has two prices: 0.053 and 0.06'],
    ['no price of the archive', [STANDARD], 'archive undefined: one of them is missing'],
    ['no price at all', [], 'standard undefined, archive undefined'],
    ['another unit', [{ ...STANDARD, unit: 'TB-Mo' }, ARCHIVE], 'no price for a GB and month'],
    ['what is no number', [{ ...STANDARD, price: 'free' }, ARCHIVE], 'no price for a GB and month'],
  ])('%s is an error', async (_, rows, message) => {
    await expect(snapshotPricesOf(priceList(rows))).rejects.toThrow(message);
  });

  test('a line that is cut short is an error', async () => {
    async function* cutShort() {
      yield* priceList([STANDARD]);
      yield '"SKU2","OnDemand","EBS:SnapshotUsage';
    }
    await expect(snapshotPricesOf(cutShort())).rejects.toThrow('2 values for 10 columns');
  });
});

test('the list’s Regions are read from their CSV files, without Local Zones', () => {
  const at = (regionCode: string) => ({ regionCode, currentVersionUrl: `/offers/v1.0/aws/${regionCode}/index.json` });
  const regions = {
    b: at('us-gov-west-1'),
    a: at('af-south-1'),
    zone: at('us-west-2-lax-1'),
    wl: at('us-east-1-wl1-bos1'),
  };
  expect(priceFilesOf({ formatVersion: 'v1.0', regions })).toEqual([
    { region: 'af-south-1', path: '/offers/v1.0/aws/af-south-1/index.csv' },
    { region: 'us-gov-west-1', path: '/offers/v1.0/aws/us-gov-west-1/index.csv' },
  ]);
});

test('what the command writes is a module with each Region’s prices', async () => {
  const text = pricesModule('a list', '2026-10-15', {
    'us-east-1': PRICES,
    'af-south-1': { standard: 1, archive: 0.5 },
  });
  const { code } = transformSync(text, { loader: 'ts' });
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  expect(module).toMatchObject({
    AS_OF: '2026-10-15',
    SOURCE: 'a list',
    SNAPSHOT_PRICES: new Map([
      ['af-south-1', { standard: 1, archive: 0.5 }],
      ['us-east-1', { standard: 0.053, archive: 0.01325 }],
    ]),
  });
});
