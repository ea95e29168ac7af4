/**
 * How large each function is and how long a fresh process takes to import it, beside an empty handler and the plain
 * EC2 client: `node scripts/bench-start.ts [--runs 20] [--json FILE]`. Prints figures only.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundles, PLAIN } from './bench-start/bundles.ts';
import { measureStarts, type Start, type Times } from './bench-start/measure.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20' }, json: { type: 'string' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs must be a whole number, at least 1');

const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-start-'));
try {
  const built = await bundles(folder);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
  const starts = await measureStarts(built, runs);
  const plain = starts.find(({ bundle }) => bundle.name === PLAIN)?.imported.median ?? Number.NaN;
  const { node, cpu, cores, load } = machine;
  console.log(`Node ${node}, ${cores} cores (${cpu}), load ${load} before; median of ${runs} fresh processes each.`);
  console.log('Sizes in kB, minified; "at start" is what Node reads before the handler can be called.\n');
  printTable(starts, plain);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(toJson(starts), undefined, 2)}\n`);

  function toJson(measured: readonly Start[]) {
    const rows = measured.map(({ bundle: { name, kind, size }, imported, cpu, everything }) => ({
      name,
      kind,
      bytes: size,
      importMilliseconds: imported,
      importCpuMilliseconds: cpu,
      importAllMilliseconds: everything,
      timesPlainEc2Client: imported.median / plain,
    }));
    return { machine, runs, bundles: rows };
  }
} finally {
  await rm(folder, { recursive: true });
}

function printTable(starts: readonly Start[], plain: number): void {
  const header = ['', 'kB in all', 'at start', 'import ms', '(least–most)', `÷ ${PLAIN}`, 'CPU ms', 'all files ms'];
  const rows = starts.map(({ bundle: { name, size }, imported, cpu, everything }) => [
    name,
    kB(size.inAll),
    kB(size.atStart),
    imported.median.toFixed(1),
    ends(imported),
    (imported.median / plain).toFixed(2),
    cpu.median.toFixed(1),
    everything.median.toFixed(1),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

function ends({ least, most }: Times): string {
  return `(${least.toFixed(0)}–${most.toFixed(0)})`;
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
