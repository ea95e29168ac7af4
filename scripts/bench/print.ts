import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Figures } from './figures.ts';

/** What figures were taken on, as one sentence and part by part. */
export function machine() {
  const { version: node } = process;
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  const cores = availableParallelism();
  const load = Number((loadavg()[0] ?? 0).toFixed(2));
  return { node, cpu, cores, load, sentence: `Node ${node}, ${cores} cores (${cpu}), load ${load} before` };
}

/** @throws RangeError where an option is no whole number of at least 1 */
export function atLeastOne(text: string, option: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`${option} takes whole numbers of at least 1; not "${text}"`);
}

/** A table of plain text, its first column to the left and all others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return all.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** A line a run: calls, time and memory beside the least. */
export function runsTable(runs: readonly Figures[]): string {
  const header = ['run', 'calls', 'least', '÷', 'throttled', 'wall s', 'bound s', '÷', 'bound by'];
  header.push('CPU s', 'peak MB', 'start s', 'report MB', 'endpoint CPU s');
  return table(
    header,
    runs.map((run) => [
      `${run.mode} ${run.images}`,
      String(run.totalCalls),
      String(run.leastCalls),
      (run.totalCalls / run.leastCalls).toFixed(2),
      String(run.throttled),
      run.wallSeconds.toFixed(1),
      run.bound.seconds.toFixed(1),
      run.bound.seconds === 0 ? '' : (run.wallSeconds / run.bound.seconds).toFixed(2),
      run.bound.by,
      run.cpuSeconds.toFixed(1),
      run.peakRssMB.toFixed(0),
      run.startSeconds.toFixed(2),
      run.reportMB.toFixed(1),
      run.endpointCpuSeconds.toFixed(1),
    ]),
  );
}

/** Calls by operation of some runs, each beside its least. */
export function callsTable(runs: readonly Figures[]): string {
  const operations = [...new Set(runs.flatMap(({ calls }) => Object.keys(calls)))].sort();
  return table(
    ['calls taken / least', ...runs.map(({ mode, images }) => `${mode} ${images}`)],
    operations.map((operation) => [
      operation,
      ...runs.map(({ calls }) => {
        const { taken = 0, least = 0 } = calls[operation] ?? {};
        return taken === 0 && least === 0 ? '–' : `${taken} / ${least}`;
      }),
    ]),
  );
}

/**
 * From each size to the next, for each mode: how much more the larger costs. The factor of the least calls, which are
 * its pages, stands beside the others.
 */
export function growthOf(runs: readonly Figures[]) {
  const byMode = [...Map.groupBy(runs, ({ mode }) => mode).values()];
  return byMode.flatMap((ofMode) =>
    ofMode.slice(1).map((to, index) => {
      const from = ofMode[index] ?? to;
      return {
        mode: to.mode,
        from: from.images,
        to: to.images,
        images: to.images / from.images,
        pages: to.leastCalls / from.leastCalls,
        calls: to.totalCalls / from.totalCalls,
        wall: to.wallSeconds / from.wallSeconds,
        cpu: to.cpuSeconds / from.cpuSeconds,
        peakRss: to.peakRssMB / from.peakRssMB,
      };
    }),
  );
}

/** Growth, as factors. */
export function growthTable(growth: ReturnType<typeof growthOf>): string {
  return table(
    ['growth', 'images', 'least calls', 'calls', 'wall', 'CPU', 'memory'],
    growth.map(({ mode, from, to, images, pages, calls, wall, cpu, peakRss }) => [
      `${mode} ${from} → ${to}`,
      ...[images, pages, calls, wall, cpu, peakRss].map((factor) => `× ${factor.toFixed(1)}`),
    ]),
  );
}
