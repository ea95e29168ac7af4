import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTS, withPlant } from '../test/simulation/planted.ts';
import type { Ended, Share } from '../test/simulation/year-process.ts';

/**
 * Plays years of one account through the real code, side by side on all cores: `--seed N --years Y` plays those of the
 * seeds N to N + Y - 1. A seed that breaks a promise is told as the shortest story that still does; exit 1.
 * `--planted` plays them with one mistake after the other in the code, until each is found; exit 1 where one is not.
 */

/** Within which a planted mistake must be found, of each core's time: a minute, on a machine that does nothing else. */
const FIND_SECONDS = 60;
const PROCESS = fileURLToPath(new URL('../test/simulation/year-process.ts', import.meta.url));
/** Loading the code is a third of what the shortest search takes. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'ami-janitor-simulate');
const CORES = availableParallelism();

/** Plays some years on all cores. @param onEnded is told of each, and may end them all */
async function playOn(
  seed: number,
  years: number,
  onEnded: (ended: Ended, stop: () => void) => void,
  given: Pick<Share, 'plant' | 'seconds'> = {},
): Promise<void> {
  const shares = Math.min(years, CORES);
  const children: ChildProcess[] = [];
  const stop = () => children.forEach((child) => void child.kill());
  await Promise.all(
    Array.from({ length: shares }, async (_, rest) => {
      const child = fork(PROCESS, { env: { ...process.env, NODE_COMPILE_CACHE } });
      children.push(child);
      child.on('message', (ended: Ended) => onEnded(ended, stop));
      child.send({
        first: seed + rest,
        step: shares,
        years: Math.ceil((years - rest) / shares),
        ...given,
      } satisfies Share);
      await once(child, 'exit');
    }),
  );
}

function tell({ seed, story = [], broken }: Ended): void {
  console.log(`\nSeed ${seed} breaks a promise:`);
  for (const what of broken) console.log(`  ${what}`);
  console.log(`Its year, made shorter (again: npm run simulate -- --seed ${seed} --years 1):`);
  for (const step of story) console.log(`  ${step}`);
}

async function playAll(seed: number, years: number): Promise<boolean> {
  const started = performance.now();
  const all: Ended[] = [];
  await playOn(seed, years, (ended) => {
    all.push(ended);
    if (ended.broken.length > 0) tell(ended);
  });
  const removed = all.reduce((sum, one) => sum + one.removed, 0);
  const broken = all.filter((one) => one.broken.length > 0).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${all.length} of ${years} account-years, ${removed} images removed, ${broken} broken, ${seconds} s.`);
  return broken === 0 && all.length === years;
}

/** Plays with each mistake whose file or promise has some words in it. @returns whether all were found in time */
async function findPlanted(seed: number, words: string): Promise<boolean> {
  for (const plant of PLANTS) withPlant(plant);
  let missed = 0;
  for (const [plant, { breaks, file }] of PLANTS.entries()) {
    if (!`${breaks} ${file}`.includes(words)) continue;
    let found: { readonly seed: number; readonly seconds: number; readonly what: string } | undefined;
    let years = 0;
    const others = new Set<string>();
    const look = (ended: Ended, stop: () => void) => {
      years += 1;
      for (const what of ended.broken) if (!what.startsWith(`${breaks}:`)) others.add(what.split(':')[0] ?? '');
      const what = ended.broken.find((one) => one.startsWith(`${breaks}:`));
      if (what === undefined || found !== undefined) return;
      found = { seed: ended.seed, seconds: Math.round(ended.seconds), what };
      stop();
    };
    await playOn(seed, Number.MAX_SAFE_INTEGER, look, { plant, seconds: FIND_SECONDS });
    if (found === undefined) missed += 1;
    const also = others.size > 0 ? ` (also broken: ${[...others].join(', ')})` : '';
    const how = found ? `seed ${found.seed}, ${found.seconds} s: ${found.what}` : `NOT FOUND in ${years} years${also}`;
    console.log(`${breaks} (src/${file}): ${how}`);
  }
  return missed === 0;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    years: { type: 'string', default: '10' },
    planted: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const [seed, years] = [Number(values.seed), Number(values.years)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(years) || years < 1)
  throw new RangeError('--seed and --years are whole numbers');
const isWell = values.planted ? await findPlanted(seed, values.only) : await playAll(seed, years);
process.exitCode = isWell ? 0 : 1;
