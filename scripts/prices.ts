/**
 * Writes the prices of snapshot storage in every Region from AWS's public price list, which needs no account. Each
 * Region's file has some hundred megabytes: they are read one after another and never held.
 */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { priceFilesOf, pricesModule, snapshotPricesOf } from './price-list.ts';

const LIST = 'https://pricing.us-east-1.amazonaws.com';
const INDEX = `${LIST}/offers/v1.0/aws/AmazonEC2/current/region_index.json`;

const regions: Record<string, { standard: number; archive: number }> = {};
const dates: string[] = [];
for (const { region, path } of priceFilesOf(await (await answer(INDEX)).json())) {
  const { body } = await answer(`${LIST}${path}`);
  if (body === null) throw new Error(`${path} is empty`);
  const prices = await snapshotPricesOf(createInterface({ input: Readable.fromWeb(body) })).catch((error: unknown) => {
    throw new Error(region, { cause: error });
  });
  console.log(region, prices ?? 'not in US dollars: left out');
  if (prices === undefined) continue;
  regions[region] = { standard: prices.standard, archive: prices.archive };
  dates.push(prices.publishedAt.slice(0, 10));
}
const [asOf] = dates.sort();
if (asOf === undefined) throw new Error('the price list has no Region');
await writeFile('src/model/snapshot-prices.ts', pricesModule(INDEX, asOf, regions));

async function answer(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
}
