/**
 * How large each function is and how long a fresh process takes to import it, beside an empty handler and the plain
 * EC2 client: `node scripts/bench-start.ts [--runs 20]`. Prints figures only.
 */

import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { atLeastOne, machine, table } from './bench/print.ts';
import { type BundleSize, bundleFunction, COMMON, FUNCTION, FUNCTIONS, sizeOf } from './bundle.ts';

const runFile = promisify(execFile);

/** Something whose start is measured: a folder with an `index.js`, and how long fresh processes took over it. */
interface Bundle {
  readonly name: string;
  readonly folder: string;
  readonly size: BundleSize;
  /** Milliseconds until the entry is imported, so that an event can come. */
  readonly imported: number[];
  /** What that took of all cores, which neighbors on the machine change less. */
  readonly cpu: number[];
  /** Milliseconds until every file is, those too that are else read when a run first asks for them. */
  readonly everything: number[];
}

/** The bundle that a function's start is held against: the EC2 client alone, as ES modules. */
const PLAIN = 'plain EC2 client';

/** What a script that cleans images by hand would import, and nothing else. */
const PLAIN_CLIENT = `
import { DeleteSnapshotCommand, DeregisterImageCommand, DescribeImagesCommand, DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
const client = new EC2Client({});
const commands = { DeleteSnapshotCommand, DeregisterImageCommand, DescribeImagesCommand, DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand, DescribeSnapshotsCommand };
export const handler = ({ command, input }) => client.send(new commands[command](input));
`;

/** Prints how long the first file took to import, how much of all cores, and how long all of them took. */
const IMPORT_ALL = `
const [first, ...others] = process.argv.slice(1);
const before = process.cpuUsage();
const started = performance.now();
await import(first);
const imported = performance.now() - started;
const { user, system } = process.cpuUsage(before);
for (const other of others) await import(other);
console.log(imported, (user + system) / 1000, performance.now() - started);
`;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20' } } });
const runs = atLeastOne(values.runs, '--runs');
const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-start-'));
try {
  console.log(`${machine().sentence}; median of ${runs} fresh processes each.`);
  console.log('Sizes in kB, minified; "at start" is what Node reads before the handler can be called.\n');
  const bundles = await allBundles();
  // One at a time and in turn, so that what else the machine does meets all of them alike.
  for (let run = 0; run < runs; run += 1) for (const bundle of bundles) await importOnce(bundle);
  const plain = median(bundles.find(({ name }) => name === PLAIN)?.imported ?? []);
  const header = ['', 'kB in all', 'at start', 'import ms', '(least–most)', `÷ ${PLAIN}`, 'CPU ms', 'all files ms'];
  const rows = bundles.map(({ name, size, imported, cpu, everything }) => [
    name,
    (size.inAll / 1000).toFixed(0),
    (size.atStart / 1000).toFixed(0),
    median(imported).toFixed(1),
    `(${Math.min(...imported).toFixed(0)}–${Math.max(...imported).toFixed(0)})`,
    (median(imported) / plain).toFixed(2),
    median(cpu).toFixed(1),
    median(everything).toFixed(1),
  ]);
  console.log(table(header, rows));
} finally {
  await rm(folder, { recursive: true });
}

/** Builds every function as it is deployed, and what it is measured beside. */
async function allBundles(): Promise<Bundle[]> {
  return Promise.all([
    beside('empty handler', 'export const handler = async () => {};', COMMON),
    // What `esbuild --bundle --minify --platform=node` makes of it: the client's CommonJS files.
    beside(`${PLAIN}, CommonJS`, PLAIN_CLIENT, { ...COMMON, mainFields: ['main', 'module'] }),
    beside(PLAIN, PLAIN_CLIENT, COMMON),
    beside(`${PLAIN}, only what it uses`, PLAIN_CLIENT, FUNCTION),
    ...FUNCTIONS.map(async (name): Promise<Bundle> => {
      const outdir = join(folder, name);
      return { name, folder: outdir, size: sizeOf(await bundleFunction(name, outdir)), ...times() };
    }),
  ]);
}

async function beside(name: string, contents: string, options: BuildOptions): Promise<Bundle> {
  const outdir = join(folder, name.replaceAll(/\W+/g, '-'));
  // Named `index` by its source file, as the functions are.
  const stdin = { contents, resolveDir: process.cwd(), sourcefile: 'index.js' };
  const { metafile } = await build({ ...options, metafile: true, stdin, outdir, entryNames: 'index' });
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}\n');
  return { name, folder: outdir, size: sizeOf(metafile), ...times() };
}

function times(): Pick<Bundle, 'imported' | 'cpu' | 'everything'> {
  return { imported: [], cpu: [], everything: [] };
}

async function importOnce({ folder: at, imported, cpu, everything }: Bundle): Promise<void> {
  const files = ['index.js', ...globSync('*.js', { cwd: at }).filter((file) => file !== 'index.js')];
  const addresses = files.map((file) => pathToFileURL(join(at, file)).href);
  const { stdout } = await runFile(process.execPath, ['--input-type=module', '-e', IMPORT_ALL, ...addresses], {
    // What Lambda sets and code reads at the start; no credentials, since nothing is sent.
    env: { AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'bench', POWERTOOLS_SERVICE_NAME: 'ami-janitor' },
  });
  const [first = Number.NaN, busy = Number.NaN, all = Number.NaN] = stdout.trim().split(' ').map(Number);
  imported.push(first);
  cpu.push(busy);
  everything.push(all);
}

function median(milliseconds: readonly number[]): number {
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
