import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ASKS_FOR_NOTICE, goneAfterDays } from '../test/crash/notice.ts';
import { FAULTS, type FaultName, sweepCase, undisturbed } from '../test/crash/sweep.ts';

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
  const shares = availableParallelism();
  const tallies = await Promise.all(
    Array.from({ length: shares }, async (_, rest) => {
      const child = fork(fileURLToPath(import.meta.url), ['--share', String(rest), String(shares), String(every)]);
      const [tally]: Tally[] = await once(child, 'message');
      return tally;
    }),
  );
  const broken = tallies.flatMap((tally) => tally?.broken ?? ['a share of the sweep ended without a result']);
  const cases = tallies.reduce((sum, tally) => sum + (tally?.cases ?? 0), 0);
  for (const line of broken) console.log(line);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${cases} cases, ${broken.length} broken, ${seconds} s.`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

const [option, ...numbers] = process.argv.slice(2);
if (option === '--share') {
  const [rest = 0, shares = 1, every = 1] = numbers.map(Number);
  process.send?.(await sweep(rest, shares, every));
  process.disconnect?.();
} else await sweepAll(option === '--every' ? Math.max(1, Number(numbers[0] ?? 1)) : 1);
