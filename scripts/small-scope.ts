import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plant } from '../test/simulation/planted.ts';
import type { Explored } from '../test/small-scope/explore.ts';
import { PLANTS } from '../test/small-scope/planted.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Explores a small account to its end: one image, two snapshots, one group, one person and one run, in every order of the
 * run's calls, of up to `--acts N` acts of the person, and of a crash (`--crashes 0`: none). `--without look-again` or
 * `tags-first` takes that out of the code, and something must break.
 */

const { values } = parseArgs({
  options: {
    acts: { type: 'string', default: '3' },
    crashes: { type: 'string', default: '1' },
    without: { type: 'string' },
    share: { type: 'string' },
  },
});
const scope = { acts: Number(values.acts), crashes: values.crashes === '0' ? 0 : 1 } as const;
if (!Number.isSafeInteger(scope.acts)) throw new RangeError('--acts is a whole number');
const planted = PLANTS[values.without ?? ''];
if (values.without !== undefined && planted === undefined)
  throw new RangeError(`--without takes ${Object.keys(PLANTS).join(' or ')}`);

/** What one process explored, and the seconds of a processor that it took. */
interface Share extends Pick<Explored, 'ways'> {
  readonly broken: readonly string[];
  readonly seconds: number;
}

async function exploreShare(rest: number, shares: number): Promise<void> {
  if (planted) plant(planted);
  const { explore } = await import('../test/small-scope/explore.ts');
  const { SCENE_NAMES, wayText } = await import('../test/small-scope/play.ts');
  let ways = 0;
  const broken: string[] = [];
  for (const [number, scene] of SCENE_NAMES.entries()) {
    if (number % shares !== rest) continue;
    const explored = await explore(scene, scope);
    ways += explored.ways;
    for (const one of explored.broken) broken.push(`${wayText(one.way)}\n  ${one.broken.join('\n  ')}`);
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ ways, broken, seconds: (user + system) / 1e6 } satisfies Share);
  process.disconnect?.();
}

async function exploreAll(): Promise<void> {
  const started = performance.now();
  const explored = await sideBySide<Share>(fileURLToPath(import.meta.url), [
    ...['--acts', values.acts],
    ...['--crashes', values.crashes],
    ...(values.without === undefined ? [] : ['--without', values.without]),
  ]);
  const isWhole = explored.every((share) => share !== undefined);
  const broken = explored.flatMap((share) => share?.broken ?? []);
  const sum = (of: (share: Share) => number) => explored.reduce((all, share) => all + (share ? of(share) : 0), 0);
  for (const what of broken) console.log(what);
  if (!isWhole) console.log('A share ended without a result.');
  const took = `${Math.round((performance.now() - started) / 1000)} s (of processors ${Math.round(sum(({ seconds }) => seconds))} s)`;
  console.log(`${sum(({ ways }) => ways)} ways, ${broken.length} broken, ${took}.`);
  process.exitCode = isWhole && (broken.length === 0) === (planted === undefined) ? 0 : 1;
}

if (values.share === undefined) await exploreAll();
else {
  const [rest = 0, shares = 1] = values.share.split(',').map(Number);
  await exploreShare(rest, shares);
}
