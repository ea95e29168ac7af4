import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withChanges } from '../../../src/report/changes.ts';
import { largePlan } from '../large.ts';
import { aReport, due, fullPlan, image, imageId, keep, snapshotId, TEMPLATE } from '../plans.ts';
import { earlierReport, reportHtml, reportJson } from '../texts.ts';
import { Chromium, HAS_BROWSER, type Opened } from './browser.ts';

/** Many times more rows than are in sight. */
const SIZE = 160;
const UNREADABLE = {
  complete: false,
  sources: [{ name: 'instances', status: 'unreadable', references: 0, calls: 2, error: 'UnauthorizedOperation' }],
} as const;

describe.skipIf(!HAS_BROWSER)('the HTML page', () => {
  const chromium = new Chromium();
  const html = HAS_BROWSER ? reportHtml(aReport(largePlan(SIZE))) : '';
  beforeAll(() => chromium.start());
  afterAll(() => chromium.stop());

  const shown = (opened: Opened) => opened.page.locator('#shown').textContent();
  const quiet = ({ complaints, requests }: Opened) =>
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });

  test('searches, filters and clears', async () => {
    const opened = await chromium.open(html);
    const { page } = opened;
    expect(await shown(opened)).toBe(`${SIZE} of ${SIZE} images`);
    await page.fill('#search', 'kafka');
    const kafka = Number.parseInt((await shown(opened)) ?? '', 10);
    expect(kafka).toBeGreaterThan(0);
    expect(kafka).toBeLessThan(SIZE);
    await page.selectOption('#filter-decision', 'deprecate');
    expect(Number.parseInt((await shown(opened)) ?? '', 10)).toBeLessThan(kafka);
    for (const text of await page.locator('.line .decision').allTextContents()) expect(text).toBe('deprecate');
    expect(page.url()).toContain('#q=kafka&decision=deprecate');
    await page.fill('#search', 'no such image anywhere');
    expect(await page.locator('#none').isVisible()).toBe(true);
    await page.click('button[type=reset]');
    await page.waitForFunction(
      (size) => document.querySelector('#shown')?.textContent === `${size} of ${size} images`,
      SIZE,
    );
    await page.selectOption('#filter-owner', '-');
    for (const text of await page.locator('.line .owner').allTextContents()) expect(text).toBe('—');
    await page.selectOption('#filter-reason', 'no-rule');
    for (const text of await page.locator('.line .reason').allTextContents())
      expect(text).toContain('no rule selects it');
    quiet(opened);
  });

  test('finds images by what references them, and by a snapshot', { tags: ['long'] }, async () => {
    const opened = await chromium.open(reportHtml(aReport(fullPlan())));
    await opened.page.fill('#search', 'web-prod');
    expect(await shown(opened)).toBe('2 of 7 images');
    await opened.page.fill('#search', 'snap-00000000000000004');
    expect(await opened.page.locator('.line code').allTextContents()).toEqual([imageId(4)]);
  });

  test('folds out the whole reasoning, by mouse and by keyboard', async () => {
    const opened = await chromium.open(
      reportHtml(
        aReport({
          decisions: [
            keep(image(1, { sourceImageId: imageId(9) }), [{ code: 'referenced', references: 1 }], {
              references: [TEMPLATE],
            }),
            due(image(2), 'deregister'),
          ],
          ancestry: new Map([
            [imageId(9), { status: 'read', ancestors: [{ imageId: imageId(8), region: 'eu-west-1' }] }],
          ]),
        }),
      ),
    );
    const { page } = opened;
    const fold = page.locator('.fold').filter({ hasText: imageId(1) });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await fold.click();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    expect(await page.locator('.detail').innerText()).toContain(
      'ec2:LaunchTemplate lt-0abc "web" version 7, named by Auto Scaling group "web-prod"',
    );
    expect(await page.locator('.detail').innerText()).toContain(`Made from\n${imageId(9)}\n${imageId(8)}\n`);
    await page.keyboard.press('Enter');
    expect(await page.locator('.detail').count()).toBe(0);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    expect(await page.locator('.detail').innerText()).toContain('Nothing references it in the 13 sources read.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('search');
    quiet(opened);
  });

  test('sorts by any column, both ways', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html);
    const { page } = opened;
    const sorted = async (column: string, press: string) => {
      await page.click(`[data-sort=${press}]`);
      return page.locator(`.line .${column}`).allTextContents();
    };
    const numbers = async (column: string) =>
      (await sorted(column, column)).slice(0, 10).map((text) => Number.parseFloat(text.replace(/[$,]/g, '')));
    const up = await numbers('age');
    expect(up).toEqual(up.toSorted((a, b) => a - b));
    expect(await page.locator('th.age').first().getAttribute('aria-sort')).toBe('ascending');
    const down = await numbers('age');
    expect(down).toEqual(down.toSorted((a, b) => b - a));
    expect(down[0]).not.toBe(up[0]);
    for (const column of ['storage', 'cost']) {
      const amounts = await numbers(column);
      expect(amounts).toEqual(amounts.toSorted((a, b) => a - b));
    }
    quiet(opened);
  });

  test('groups what it shows, folds groups out, and a link brings the grouping back', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html, {}, '#decision=keep&group=owner');
    const { page } = opened;
    const group = page.locator('.group').first();
    expect(await page.locator('.item').count()).toBe(0);
    expect(await group.innerText()).toMatch(
      /@example\.com\s[\d,]+ images, [\d.]+ GiB, up to \$[\d.]+ a month\s*keep \d+/,
    );
    await group.locator('.fold').click();
    expect(await group.locator('.fold').getAttribute('aria-expanded')).toBe('true');
    const label = await group.locator('bdi').first().innerText();
    expect(new Set(await page.locator('.line .owner').allTextContents())).toEqual(new Set([label]));
    await page.selectOption('#filter-group', 'reason');
    expect(page.url()).toContain('#decision=keep&group=reason');
    expect(await page.locator('.group bdi').allTextContents()).toContain('referenced');
    quiet(opened);
  });

  test('copies an id, and leads to the console of images, snapshots, templates and groups', {
    tags: ['long'],
  }, async () => {
    const reference = { ...TEMPLATE, namedBy: [] };
    const references = [
      reference,
      { ...reference, kind: 'autoscaling:AutoScalingGroup', resource: 'web prod' } as const,
    ];
    const decisions = [keep(image(1), [{ code: 'referenced', references: 2 }], { references })];
    const opened = await chromium.open(reportHtml(aReport({ decisions })), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    await page.locator('.line .copy').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(imageId(1));
    expect(await page.locator('.detail').count()).toBe(0);
    await page.locator('.fold').click();
    const links = await page.locator('a.console').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const start = 'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#';
    expect(links).toEqual([
      `${start}ImageDetails:imageId=${imageId(1)}`,
      `${start}AutoScalingGroupDetails:id=web%20prod;view=details`,
      `${start}LaunchTemplateDetails:launchTemplateId=lt-0abc`,
      `${start}SnapshotDetails:snapshotId=${snapshotId(1)}`,
    ]);
    quiet(opened);
  });

  test('saves the rows that it shows as CSV, none of them a formula', async () => {
    const formula = '=HYPERLINK("https://evil.example","x")';
    const decisions = [
      keep(image(1, { name: formula, tags: { Owner: formula } }), [{ code: 'no-rule' }], { rule: formula }),
      due(image(2), 'deprecate'),
    ];
    const opened = await chromium.open(reportHtml(aReport({ decisions })), {}, '#decision=keep');
    const [download] = await Promise.all([opened.page.waitForEvent('download'), opened.page.click('#csv')]);
    expect(download.suggestedFilename()).toMatch(/^images-[\w-]+\.csv$/);
    const rows: string[][] = parse(await readFile(await download.path(), 'utf8'));
    expect(rows.length).toBe(2);
    const record = Object.fromEntries((rows[0] ?? []).map((name, index) => [name, rows[1]?.[index]]));
    expect(record).toMatchObject({
      imageId: imageId(1),
      name: `'${formula}`,
      owner: `'${formula}`,
      rule: `'${formula}`,
    });
    quiet(opened);
  });

  test('reaches the last row, and no more rows are in the document than in sight', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html);
    const { page } = opened;
    await page.click('[data-sort=name]');
    await page.locator('#table').evaluate((table) => table.scrollTo(0, table.scrollHeight));
    await page.locator(`[aria-rowindex="${SIZE + 1}"]`).waitFor();
    const edges = await page
      .locator(`[aria-rowindex="${SIZE + 1}"]`)
      .evaluate((row) => [
        row.getBoundingClientRect().bottom,
        document.querySelector('#table')?.getBoundingClientRect().bottom ?? 0,
      ]);
    expect(Math.abs((edges[0] ?? 0) - (edges[1] ?? 0))).toBeLessThan(3);
    expect(await page.locator('.line').count()).toBeLessThan(60);
    quiet(opened);
  });

  test('changes between light and dark, and follows the system', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html, { colorScheme: 'dark' });
    const background = () => opened.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await opened.page.click('#theme');
    const light = await background();
    expect(light).not.toBe(dark);
    await opened.page.click('#theme');
    expect(await background()).toBe(dark);
    expect(await opened.page.locator('#theme').textContent()).toBe('Theme: dark');
    quiet(opened);
  });

  test('opens at what a link asks for', async () => {
    const opened = await chromium.open(html, {}, '#decision=deregister&sort=owner&down=1');
    expect(await opened.page.inputValue('#filter-decision')).toBe('deregister');
    for (const text of await opened.page.locator('.line .decision').allTextContents()) expect(text).toBe('deregister');
    await opened.page.click('.legend a[href="#decision=keep"]');
    await opened.page.waitForFunction(() => document.querySelector('.line .decision')?.textContent === 'keep');
    quiet(opened);
  });

  test('says first, and in red, what could not be read', async () => {
    const opened = await chromium.open(reportHtml(aReport(fullPlan(UNREADABLE))));
    const alarm = opened.page.locator('.alarm').first();
    expect(await alarm.innerText()).toMatch(/Incomplete[\s\S]*instances: UnauthorizedOperation/);
    const top = await alarm.evaluate((element) => element.getBoundingClientRect().bottom);
    expect(top).toBeLessThan(400);
    expect(await opened.page.locator('tr.unreadable').innerText()).toContain('instances');
  });

  const views = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 390, height: 800 } }],
  ] as const;
  test.each(views)('has no fault of accessibility: %s', { tags: ['long'] }, async (_, options) => {
    const report = aReport({ ...largePlan(200), ...UNREADABLE });
    const earlier = earlierReport(reportJson(aReport(largePlan(150))));
    const opened = await chromium.open(reportHtml(withChanges(report, earlier)), options);
    expect(await opened.page.locator('#changes').innerText()).toMatch(/came back|new/);
    await opened.page.locator('.fold').first().click();
    await opened.page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await opened.page.evaluate(axe.source);
    const faults = await opened.page.evaluate(async () => {
      const { violations } = await window.axe.run();
      return violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html)]);
    });
    expect(faults).toEqual([]);
  });

  test('is never wider than a telephone', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html, { viewport: { width: 360, height: 740 } });
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await opened.page.locator('.fold').first().click();
    expect(await opened.page.locator('.detail').isVisible()).toBe(true);
    quiet(opened);
  });

  test('prints its rows without the controls', { tags: ['long'] }, async () => {
    const opened = await chromium.open(html, { viewport: { width: 718, height: 1000 } });
    const open = await opened.page.locator('details[open]').count();
    await opened.page.emulateMedia({ media: 'print' });
    await opened.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await opened.page.locator('.line').count()).toBe(SIZE);
    expect(await opened.page.locator('.detail').count()).toBe(SIZE);
    expect(await opened.page.locator('details:not([open])').count()).toBe(0);
    expect(await opened.page.locator('nav').isVisible()).toBe(false);
    const cut = await opened.page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter(
          (one) =>
            getComputedStyle(one).overflowX !== 'visible' &&
            one.scrollWidth > one.clientWidth + 1 &&
            one.clientWidth > 0,
        )
        .map(({ className }) => className),
    );
    expect(cut).toEqual([]);
    await opened.page.emulateMedia({ media: 'screen' });
    await opened.page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await opened.page.locator('.line').count()).toBeLessThan(60);
    expect(await opened.page.locator('.detail').count()).toBe(0);
    expect(await opened.page.locator('details[open]').count()).toBe(open);
    quiet(opened);
  });

  test('shows hostile text as text', async () => {
    const hostile = [
      '<script>document.title = "taken"</script>',
      '<img src=x onerror="document.title=\'taken\'">',
      '</script><script>document.title = "taken"</script>',
      '"><svg onload=alert(1)>',
      '\u202Eevil\u2066',
      '<!--<script>',
      '{{constructor}}`',
      'x'.repeat(255),
    ];
    const decisions = hostile.map((text, index) =>
      keep(
        image(index + 1, { name: text, tags: { Owner: text } }),
        [
          { code: 'referenced', references: 1 },
          { code: 'protected-tag', key: text, value: text, pattern: text },
        ],
        {
          rule: text,
          references: [{ kind: 'ec2:LaunchTemplate', resource: text, detail: text, namedBy: [] }],
        },
      ),
    );
    const source = {
      name: hostile[0] ?? '',
      status: 'unreadable',
      references: 0,
      calls: 1,
      error: hostile[2] ?? '',
    } as const;
    const report = aReport({
      decisions,
      warnings: hostile,
      dangling: hostile.map((missing) => ({ missing, namedBy: [missing] })),
      sources: [source],
      complete: false,
      target: { accountId: hostile[1] ?? '', region: hostile[2] ?? '' },
    });
    const earlier = earlierReport(reportJson({ ...report, images: [] }));
    const opened = await chromium.open(reportHtml(withChanges(report, earlier)));
    expect(await opened.page.locator('#changes tbody tr').count()).toBe(hostile.length);
    for (const fold of await opened.page.locator('.fold').all()) await fold.click();
    const text = await opened.page.locator('#rows').innerText();
    for (const name of [...hostile.slice(0, 4), '\\u{202e}evil\\u{2066}']) expect(text).toContain(name);
    expect(await opened.page.title()).not.toBe('taken');
    expect(await opened.page.locator('main img, main script').count()).toBe(0);
    expect(await opened.page.locator('a.console').count()).toBe(0);
    for (const by of ['owner', 'family', 'rule']) {
      await opened.page.selectOption('#filter-group', by);
      expect(await opened.page.locator('.group bdi').allTextContents()).toContain(hostile[0]);
    }
    quiet(opened);
  });

  test('of an empty account is a page too', { tags: ['long'] }, async () => {
    const opened = await chromium.open(reportHtml(aReport()));
    expect(await shown(opened)).toBe('0 of 0 images');
    quiet(opened);
  });
});

declare global {
  interface Window {
    axe: typeof axe;
  }
}
