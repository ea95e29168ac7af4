import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largePlan } from '../large.ts';
import { aReport } from '../plans.ts';
import { reportHtml } from '../texts.ts';
import { Chromium, HAS_BROWSER, type Opened } from './browser.ts';

const SIZE = 50_000;
const MIB = 1024 * 1024;

describe.skipIf(!HAS_BROWSER)('the HTML page of 50,000 images', { tags: ['long'] }, () => {
  const chromium = new Chromium();
  let opened: Opened;
  let bytes = 0;

  beforeAll(async () => {
    await chromium.start();
    const html = reportHtml(aReport(largePlan(SIZE)));
    bytes = Buffer.byteLength(html);
    opened = await chromium.open(html);
  }, 60_000);
  afterAll(() => chromium.stop());

  /** From the key stroke until the browser has painted what came of it. */
  function paintedAfter(text: string): Promise<number> {
    return opened.page.evaluate(async (value) => {
      const search = document.querySelector('input[type=search]');
      if (!(search instanceof HTMLInputElement)) throw new Error('no search');
      const from = performance.now();
      search.value = value;
      search.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - from;
    }, text);
  }

  test('opens in under three seconds from a file under 25 MB', () => {
    process.stdout.write(
      `50,000 images: ${(bytes / MIB).toFixed(1)} MiB, open in ${Math.round(opened.openedInMs)} ms\n`,
    );
    expect(bytes).toBeLessThan(25 * MIB);
    expect(opened.openedInMs).toBeLessThan(3000);
    expect({ complaints: opened.complaints, requests: opened.requests }).toEqual({ complaints: [], requests: [] });
  });

  test('filters in under 200 ms', async () => {
    const timings: number[] = [];
    for (const text of ['k', 'ka', 'kafka', 'kafka arm64', 'lt-0 web', 'ami-0000', ''])
      timings.push(await paintedAfter(text));
    process.stdout.write(`50,000 images: filtered in ${timings.map((ms) => Math.round(ms)).join(', ')} ms\n`);
    const median = timings.toSorted((a, b) => a - b)[3];
    expect(median).toBeLessThan(200);
    expect(await opened.page.locator('#shown').textContent()).toBe('50,000 of 50,000 images');
  });

  test('reaches its last row by the keyboard and by scrolling', async () => {
    await opened.page.locator('#table').evaluate((table) => table.scrollTo(0, table.scrollHeight));
    await opened.page.locator(`[aria-rowindex="${SIZE + 1}"]`).waitFor();
    expect(await opened.page.locator('.line').count()).toBeLessThan(60);
  });
});
