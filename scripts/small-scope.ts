import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Explored, explore } from '../test/small-scope/explore.ts';
import { SCENE_NAMES, wayText } from '../test/small-scope/play.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Explores a small account to its end: one image, two snapshots, one group, one person and one run, in every order of the
 * run's calls, of up to `--acts N` acts of the person, and of a crash (`--crashes 0`: none).
 */

const { values } = parseArgs({
  options: {
    acts: { type: 'string', default: '1' },
    crashes: { type: 'string', default: '1' },
    share: { type: 'string' },
  },
});
const scope = { acts: Number(values.acts), crashes: values.crashes === '0' ? 0 : 1 } as const;
if (!Number.isSafeInteger(scope.acts)) throw new RangeError('--acts is a whole number');

async function exploreShare(rest: number, shares: number): Promise<void> {
  const all: Explored = { ways: 0, broken: [] };
  for (const scene of SCENE_NAMES) {
    const { ways, broken } = await explore(scene, scope, (number) => number % shares === rest);
    all.ways += ways;
    all.broken.push(...broken);
  }
  process.send?.(all);
  process.disconnect?.();
}

async function exploreAll(): Promise<void> {
  const started = performance.now();
  const explored = await sideBySide<Explored>(fileURLToPath(import.meta.url), [
    ...['--acts', values.acts],
    ...['--crashes', values.crashes],
  ]);
  const isWhole = explored.every((share) => share !== undefined);
  const broken = explored.flatMap((share) => share?.broken ?? []);
  const ways = explored.reduce((sum, share) => sum + (share?.ways ?? 0), 0);
  for (const { way, broken: what } of broken) console.log(`${wayText(way)}\n  ${what.join('\n  ')}`);
  if (!isWhole) console.log('A share ended without a result.');
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${ways} ways, ${broken.length} broken, ${seconds} s.`);
  process.exitCode = isWhole && broken.length === 0 ? 0 : 1;
}

if (values.share === undefined) await exploreAll();
else {
  const [rest = 0, shares = 1] = values.share.split(',').map(Number);
  await exploreShare(rest, shares);
}
