import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENVIRONMENT } from '../test/builders/sdk-environment.ts';
import { PLANTS, withPlant } from '../test/simulation/planted.ts';
import type { Ended, Share } from '../test/simulation/year-process.ts';

/**
 * Plays years of one account through the real code, side by side on all cores: `--seed N --years Y` plays those of the
 * seeds N to N + Y - 1, `--organization` those of an organization. A seed that breaks a promise is told as the shortest
 * story that still does, and written to a file, which `--story FILE` plays again; exit 1.
 * `--planted` plays them with one mistake after the other in the code, until each is found; exit 1 where one is not.
 */

/** Within which a planted mistake must be found, of each core's time: a minute, on a machine that does nothing else. */
const FIND_SECONDS = 60;
const KEPT_IN = 'out/simulation';
const PROCESS = fileURLToPath(new URL('../test/simulation/year-process.ts', import.meta.url));
/** Loading the code is a third of what the shortest search takes. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'ami-janitor-simulate');
const CORES = availableParallelism();

/** Plays some years on all cores. @param onEnded is told of each, and may end them all */
async function playOn(
  seed: number,
  years: number,
  onEnded: (ended: Ended, stop: () => void) => void,
  given: Pick<Share, 'plant' | 'seconds' | 'isOrganization'>,
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

function tell({ seed, story, broken }: Ended, isOrganization: boolean): void {
  console.log(`\nSeed ${seed} breaks a promise:`);
  for (const what of broken) console.log(`  ${what}`);
  const again = `--seed ${seed} --years 1${isOrganization ? ' --organization' : ''}`;
  console.log(`Its year, made shorter (again: npm run simulate -- ${again}):`);
  for (const step of story?.sentences ?? []) console.log(`  ${step}`);
  const file = `${KEPT_IN}/${isOrganization ? 'organization-' : ''}${seed}.json`;
  mkdirSync(KEPT_IN, { recursive: true });
  writeFileSync(file, story?.text ?? '');
  console.log(
    `It stands in ${file}; once mended, it belongs into test/simulation/stories, under the name of what it was.`,
  );
}

/** Plays a story that was kept. */
async function playAgain(file: string): Promise<boolean> {
  Object.assign(process.env, ENVIRONMENT);
  const { play } = await import('../test/simulation/simulate.ts');
  const { broken } = await play(JSON.parse(readFileSync(file, 'utf8')));
  for (const what of broken) console.log(what);
  if (broken.length === 0) console.log('No promise is broken.');
  return broken.length === 0;
}

async function playAll(seed: number, years: number, isOrganization: boolean): Promise<boolean> {
  const started = performance.now();
  const all: Ended[] = [];
  const look = (ended: Ended) => {
    all.push(ended);
    if (ended.broken.length > 0) tell(ended, isOrganization);
  };
  await playOn(seed, years, look, { isOrganization });
  const removed = all.reduce((sum, one) => sum + one.removed, 0);
  const broken = all.filter((one) => one.broken.length > 0).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  const what = isOrganization ? 'years of an organization' : 'account-years';
  console.log(`${all.length} of ${years} ${what}, ${removed} images removed, ${broken} broken, ${seconds} s.`);
  return broken === 0 && all.length === years;
}

/** Plays with each mistake whose file or promise has some words in it. @returns whether all were found in time */
async function findPlanted(seed: number, words: string): Promise<boolean> {
  for (const plant of PLANTS) withPlant(plant);
  let missed = 0;
  for (const [plant, { breaks, file, isOrganization }] of PLANTS.entries()) {
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
    await playOn(seed, Number.MAX_SAFE_INTEGER, look, {
      plant,
      seconds: FIND_SECONDS,
      isOrganization: isOrganization === true,
    });
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
    organization: { type: 'boolean', default: false },
    story: { type: 'string' },
  },
});
const [seed, years] = [Number(values.seed), Number(values.years)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(years) || years < 1)
  throw new RangeError('--seed and --years are whole numbers');
const play = () => (values.planted ? findPlanted(seed, values.only) : playAll(seed, years, values.organization));
const isWell = await (values.story === undefined ? play() : playAgain(values.story));
process.exitCode = isWell ? 0 : 1;
