/**
 * What a run costs at several sizes, on the embedded endpoint with EC2's request limits and a latency for each call:
 * `npm run bench -- [--sizes 500,5000,50000] [--modes dry-run,enforced] [--latency 100] [--other-caller] [--fast]
 * [--json FILE]`. Prints figures only. `--fast` leaves latency, limits and waiting out, for calls, CPU and memory.
 */

import { rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Figures, figuresOf } from './bench/figures.ts';
import { benchFolder, buildProgram, type Mode, measureRun } from './bench/fresh-process.ts';
import { atLeastOne, callsTable, growthOf, growthTable, machine, runsTable } from './bench/print.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '500,5000,50000' },
    modes: { type: 'string', default: 'dry-run,enforced' },
    latency: { type: 'string', default: '100' },
    fast: { type: 'boolean', default: false },
    'other-caller': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const { fast, 'other-caller': otherCaller } = values;
const sizes = values.sizes.split(',').map((text) => atLeastOne(text, '--sizes'));
const modes = values.modes.split(',').map(modeOf);
const latencyMilliseconds = fast ? 0 : atLeastOne(values.latency, '--latency');

const { sentence, ...taken } = machine();
const limits = fast ? 'no limits' : otherCaller ? "EC2's limits, half of them another caller's" : "EC2's limits";
console.log(`${sentence};`);
console.log(`${latencyMilliseconds} ms a call, ${limits}; each run in a fresh process, the endpoint in another.\n`);

const folder = await benchFolder();
const runs: Figures[] = [];
try {
  await buildProgram(folder);
  for (const mode of modes) {
    for (const images of sizes) {
      console.error(`${new Date().toISOString().slice(11, 19)} ${mode} over ${images} images …`);
      const options = { images, latencyMilliseconds, buckets: !fast, otherCaller };
      const measured = await measureRun(folder, mode, options);
      runs.push(await figuresOf(mode, options, measured));
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
const growth = growthOf(runs);
console.log([runsTable(runs), callsTable(runs), growthTable(growth)].join('\n\n'));
if (otherCaller) console.log(`\n${runs.map(otherCallersLine).join('\n')}`);
if (values.json !== undefined) {
  const settings = { latencyMilliseconds, limits: !fast, otherCaller };
  await writeFile(values.json, `${JSON.stringify({ machine: taken, settings, runs, growth }, undefined, 2)}\n`);
}

function otherCallersLine({ mode, images, otherCaller: other }: Figures): string {
  const { asked, refused } = other ?? { asked: 0, refused: 0 };
  return `${mode} ${images}: of the other caller's ${asked.toFixed(0)} requests ${refused.toFixed(0)} were refused`;
}

function modeOf(text: string): Mode {
  if (text === 'dry-run' || text === 'enforced') return text;
  throw new RangeError(`--modes takes dry-run, enforced or both; not "${text}"`);
}
