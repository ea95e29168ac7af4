import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Whether there is a browser to test with. Where there is none, the tests say loudly that they did not run. */
export const HAS_BROWSER = existsSync(EXECUTABLE);
if (!HAS_BROWSER)
  process.stderr.write(`\n!!! NO BROWSER at ${EXECUTABLE}: the tests of the HTML page DID NOT RUN (set CHROMIUM)\n\n`);

/** A page from disk, with all that it complained about and asked the network for. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
  readonly openedInMs: number;
}

/** A browser of its own for one test file. */
export class Chromium {
  #browser: Browser | undefined;
  #folder = '';

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'ami-janitor-page-'));
    this.#browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Opens HTML as a file from disk and waits until its table shows. */
  async open(html: string, options: BrowserContextOptions = {}, fragment = ''): Promise<Opened> {
    if (this.#browser === undefined) throw new Error('not started');
    const file = join(this.#folder, 'report.html');
    await writeFile(file, html);
    const url = pathToFileURL(file).href;
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) requests.push(request.url());
    });
    const from = performance.now();
    await page.goto(url + fragment);
    await page.locator('#shown').filter({ hasText: 'images' }).waitFor();
    return { page, complaints, requests, openedInMs: performance.now() - from };
  }
}
