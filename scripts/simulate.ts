import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Failure, playYear } from '../test/simulation/simulate.ts';
import { sentenceOf } from '../test/simulation/story.ts';

/**
 * Plays years of one account through the real code: `--seed N --years Y` plays those of the seeds N to N + Y - 1, side by
 * side on all cores. A seed that breaks a promise is told as the shortest story that still does; exit 1.
 */

/** How long a broken seed's story is made shorter. */
const SHRINK_MILLISECONDS = 120_000;

/** How one year ended. */
interface Ended {
  readonly removed: number;
  readonly failure?: Failure;
}

/** Plays a share of all years, those whose number leaves this rest, and says at once how each ended. */
async function playShare(rest: number, shares: number, seed: number, years: number): Promise<void> {
  for (let year = rest; year < years; year += shares) {
    const { removed, failure } = await playYear(seed + year, SHRINK_MILLISECONDS);
    process.send?.({ removed, ...(failure && { failure }) } satisfies Ended);
  }
  process.disconnect?.();
}

function tell({ seed, story, broken }: Failure): void {
  console.log(`\nSeed ${seed} breaks a promise:`);
  for (const what of broken) console.log(`  ${what}`);
  console.log(`Its year, made shorter (again: npm run simulate -- --seed ${seed} --years 1):`);
  for (const step of story.steps) console.log(`  ${sentenceOf(step)}`);
}

async function playAll(seed: number, years: number): Promise<void> {
  const started = performance.now();
  const shares = Math.min(years, availableParallelism());
  const ended: Ended[] = [];
  await Promise.all(
    Array.from({ length: shares }, async (_, rest) => {
      const child = fork(fileURLToPath(import.meta.url), ['--share', [rest, shares, seed, years].join(',')]);
      child.on('message', (one: Ended) => {
        ended.push(one);
        if (one.failure) tell(one.failure);
      });
      await once(child, 'exit');
    }),
  );
  const removed = ended.reduce((sum, one) => sum + one.removed, 0);
  const broken = ended.filter(({ failure }) => failure !== undefined).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${ended.length} of ${years} account-years, ${removed} images removed, ${broken} broken, ${seconds} s.`);
  process.exitCode = broken === 0 && ended.length === years ? 0 : 1;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    years: { type: 'string', default: '10' },
    share: { type: 'string' },
  },
});
const [seed, years] = [Number(values.seed), Number(values.years)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(years) || years < 1)
  throw new RangeError('--seed and --years are whole numbers');
if (values.share === undefined) await playAll(seed, years);
else {
  const [rest = 0, shares = 1, first = 1, all = 1] = values.share.split(',').map(Number);
  await playShare(rest, shares, first, all);
}
