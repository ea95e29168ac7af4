/**
 * Makes the README's pictures from the embedded account, at a fixed time: `node scripts/screenshots.ts`. Needs a
 * Chromium (CHROMIUM names another than /usr/bin/chromium).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pc from 'picocolors';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { seedAccount } from '../sandbox/seed/seed-account.ts';
import { createClients } from '../src/aws/clients.ts';
import { readPolicy } from '../src/cli/session.ts';
import { PASSES } from '../src/model/plan.ts';
import { awsAccountReader } from '../src/observe/account-reader.ts';
import { reportHtml } from '../src/report/html/html.ts';
import type { Report } from '../src/report/report.ts';
import { briefTerminal } from '../src/report/terminal/brief.ts';
import { run } from '../src/run.ts';
import { htmlText } from '../src/text/untrusted.ts';
import { startEmbedded } from './embedded.ts';

const NOW = new Date('2026-11-21T05:00:00Z');
const OUT = process.env.OUT ?? 'docs/images';
const DESKTOP = { viewport: { width: 1280, height: 1000 } };
/** A4 at 96 dots an inch. */
const SHEET = { width: 794, height: 1123 };
const COLUMNS = 104;
const MONOSPACE = '13px/1.35 "DejaVu Sans Mono", "Liberation Mono", monospace';

const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`);

const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-pictures-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const report = await embeddedReport();
  await mkdir(OUT, { recursive: true });
  const page = [...reportHtml(report)].join('');
  for (const colorScheme of ['light', 'dark'] as const)
    await picture(browser, page, `report-${colorScheme}.png`, { ...DESKTOP, colorScheme });
  await picture(browser, page, 'report-table.png', DESKTOP, '#decision=deprecate');
  await picture(browser, page, 'report-phone.png', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  await printed(browser, page, 'report-print.png');
  const lines = briefTerminal(report, { width: COLUMNS, palette: pc.createColors(true) }).split('\n');
  const terminal = terminalHtml(['$ ami-janitor plan --policy examples/demo.yml', '', ...lines]);
  await picture(browser, terminal, 'terminal.png', { viewport: { width: 900, height: 700 } });
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

async function embeddedReport(): Promise<Report> {
  const account = seedAccount({ now: NOW });
  const sandbox = await startEmbedded(account, () => NOW);
  const clients = createClients(account.region, { pace: 'off' });
  try {
    const loaded = await readPolicy('examples/demo.yml');
    const observer = { onCall: () => {}, onSource: () => {} };
    const reader = awsAccountReader({ clients, settings: loaded.policy.references, observer, clock: () => NOW });
    const runId = '20261121T050000Z-1a2b3c4d';
    return await run({ runId, passes: PASSES, ...loaded, reader, at: NOW });
  } finally {
    clients.destroy();
    await sandbox.close();
  }
}

async function picture(
  by: Browser,
  html: string,
  name: string,
  options: BrowserContextOptions,
  fragment = '',
): Promise<void> {
  const page = await opened(by, html, options, fragment);
  const png = await page.screenshot({ path: join(OUT, name), animations: 'disabled' });
  console.log(`${OUT}/${name}: ${Math.ceil(png.length / 1024)} KiB`);
  await page.context().close();
}

/** The first sheet as a printer has it: A4, with everything open. */
async function printed(by: Browser, html: string, name: string): Promise<void> {
  const page = await opened(by, html, { viewport: SHEET });
  await page.evaluate('dispatchEvent(new Event("beforeprint"))');
  await page.emulateMedia({ media: 'print' });
  await page.evaluate('document.body.style.padding = "38px"');
  const png = await page.screenshot({ path: join(OUT, name), animations: 'disabled' });
  console.log(`${OUT}/${name}: ${Math.ceil(png.length / 1024)} KiB`);
  await page.context().close();
}

async function opened(by: Browser, html: string, options: BrowserContextOptions, fragment = ''): Promise<Page> {
  const file = join(folder, 'page.html');
  await writeFile(file, html);
  const page = await (await by.newContext(options)).newPage();
  await page.goto(pathToFileURL(file).href + fragment);
  return page;
}

/** What a terminal shows, as a page: picocolors' few escape sequences become spans. */
function terminalHtml(lines: readonly string[]): string {
  const body = lines.map((line) => ansiHtml(line)).join('\n');
  return `<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#16181d;color:#d8dbe2;font:${MONOSPACE}}pre{margin:0;padding:18px 22px;font:inherit}
.c1{font-weight:700}.c2{opacity:.65}.c7{filter:invert(1)}.c31{color:#ff7b72}.c32{color:#7ee787}.c33{color:#f2cc60}.c36{color:#76e3ea}</style><pre>${body}</pre>`;
}

function ansiHtml(line: string): string {
  let open: number[] = [];
  const parts = line.split(ESCAPE);
  return parts
    .map((part, index) => {
      if (index % 2 === 0)
        return part === '' ? '' : `<span class="${open.map((code) => `c${code}`).join(' ')}">${htmlText(part)}</span>`;
      open = afterCode(open, Number(part));
      return '';
    })
    .join('');
}

/** Which styles stand after an escape sequence: 22 ends bold and dim, 27 inverse, 39 a color. */
function afterCode(open: readonly number[], code: number): number[] {
  if (code === 22) return open.filter((one) => one > 2);
  if (code === 27) return open.filter((one) => one !== 7);
  if (code === 39) return open.filter((one) => one < 30);
  return [...open, code];
}
