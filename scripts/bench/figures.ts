import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Report } from '../../src/report/report.ts';
import type { Measured, Mode } from './fresh-process.ts';
import { boundOf, leastPhases, sum, totalOf } from './least-run.ts';
import type { EndpointOptions } from './messages.ts';

/** All that is known of one run, as it is printed and written. */
export type Figures = Awaited<ReturnType<typeof figuresOf>>;

/** Brings together what both ends saw and what the report tells. */
export async function figuresOf(mode: Mode, options: EndpointOptions, measured: Measured) {
  const { seen, metered, wallSeconds, leastToRead } = measured;
  const report: Report = JSON.parse(await readFile(measured.report, 'utf8'));
  const phases = leastPhases(mode, leastToRead, report);
  const least = totalOf(phases);
  const operations = [...new Set([...Object.keys(seen.calls), ...Object.keys(least)])].sort();
  return {
    images: options.images,
    mode,
    calls: Object.fromEntries(
      operations.map((operation) => [operation, { taken: seen.calls[operation] ?? 0, least: least[operation] ?? 0 }]),
    ),
    totalCalls: sum(seen.calls),
    leastCalls: sum(least),
    throttled: sum(seen.throttled),
    otherCaller: seen.otherCaller,
    wallSeconds,
    bound: boundOf(phases, options.buckets ? seen.buckets : [], options.latencyMilliseconds / 1000),
    // From the start of the process to its first request: no part of what the bound is about.
    startSeconds: metered.startSeconds,
    cpuSeconds: metered.cpuSeconds,
    peakRssMB: metered.peakRssMB,
    endpointCpuSeconds: seen.cpuSeconds,
    // All files of the report together.
    reportMB: await megabytesIn(dirname(measured.report)),
  };
}

async function megabytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((total, size) => total + size, 0) / 1e6;
}
