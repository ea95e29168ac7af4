import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ASKS_FOR_NOTICE, goneAfterDays } from '../test/crash/notice.ts';
import { FAULTS, type FaultName, sweepCase, undisturbed } from '../test/crash/sweep.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * Strikes every call of a full enforced run with every fault, runs again without, and counts what was not as it
 * must be: the account's end, and, under a policy that asks for notice while nobody is told anything, that no image
 * is gone. `--every N` strikes every Nth call only.
 */

const NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);

interface Tally {
  readonly cases: number;
  readonly broken: readonly string[];
}

/** A share of all cases: those whose number leaves this rest. */
async function sweep(rest: number, shares: number, every: number): Promise<Tally> {
  const reference = await undisturbed();
  const broken: string[] = [];
  let cases = 0;
  for (let call = 1; call <= reference.operations.length; call += every) {
    for (const [index, name] of NAMES.entries()) {
      if ((call + index) % shares !== rest) continue;
      cases += 1;
      for (const what of await sweepCase(reference, call, name)) {
        broken.push(`call ${call} (${reference.operations[call - 1]}), ${name}: ${what}`);
      }
      const gone = await goneAfterDays(ASKS_FOR_NOTICE, { call, name });
      if (gone.length > 0) broken.push(`call ${call}, ${name}: gone without notice: ${gone.join(', ')}`);
    }
  }
  return { cases, broken };
}

async function sweepAll(every: number): Promise<void> {
  const started = performance.now();
  const { operations } = await undisturbed();
  console.log(
    `An undisturbed run makes ${operations.length} calls; ${NAMES.length} faults strike ${every === 1 ? 'each' : `every ${every}th`}.`,
  );
  const tallies = await sideBySide<Tally>(fileURLToPath(import.meta.url), ['--every', String(every)]);
  const broken = tallies.flatMap((tally) => tally?.broken ?? ['a share of the sweep ended without a result']);
  const cases = tallies.reduce((sum, tally) => sum + (tally?.cases ?? 0), 0);
  for (const line of broken) console.log(line);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${cases} cases, ${broken.length} broken, ${seconds} s.`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { every: { type: 'string', default: '1' }, share: { type: 'string' } } });
const every = Math.max(1, Number(values.every));
if (values.share === undefined) await sweepAll(every);
else {
  const [rest = 0, shares = 1] = values.share.split(',').map(Number);
  process.send?.(await sweep(rest, shares, every));
  process.disconnect?.();
}
