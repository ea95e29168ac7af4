import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Bundle } from './bundles.ts';

const runFile = promisify(execFile);

/** How long fresh processes took, in milliseconds: the median and the two ends. */
export interface Times {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The start of one bundle. */
export interface Start {
  readonly bundle: Bundle;
  /** Until the entry is imported, so that an event can come. */
  readonly imported: Times;
  /** What that took of all cores, which neighbours on the machine change less. */
  readonly cpu: Times;
  /** Until every file of the folder is, those too that are else read when a run first asks for them. */
  readonly everything: Times;
}

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

/**
 * Imports each bundle in fresh processes, one at a time and in turn, so that what else the machine does meets all of
 * them alike.
 */
export async function measureStarts(bundles: readonly Bundle[], runs: number): Promise<Start[]> {
  const measured = bundles.map((bundle) => {
    const imported: number[] = [];
    const cpu: number[] = [];
    const everything: number[] = [];
    return { bundle, imported, cpu, everything };
  });
  for (let run = 0; run < runs; run += 1) {
    for (const { bundle, imported, cpu, everything } of measured) {
      const [first = Number.NaN, busy = Number.NaN, all = Number.NaN] = await importOnce(bundle);
      imported.push(first);
      cpu.push(busy);
      everything.push(all);
    }
  }
  return measured.map(({ bundle, imported, cpu, everything }) => ({
    bundle,
    imported: timesOf(imported),
    cpu: timesOf(cpu),
    everything: timesOf(everything),
  }));
}

async function importOnce({ folder }: Bundle): Promise<number[]> {
  const files = ['index.js', ...globSync('*.js', { cwd: folder }).filter((file) => file !== 'index.js')];
  const addresses = files.map((file) => pathToFileURL(join(folder, file)).href);
  const { stdout } = await runFile(process.execPath, ['--input-type=module', '-e', IMPORT_ALL, ...addresses], {
    // What Lambda sets and code reads at the start; no credentials, since nothing is sent.
    env: { AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'bench', POWERTOOLS_SERVICE_NAME: 'ami-janitor' },
  });
  return stdout.trim().split(' ').map(Number);
}

function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
