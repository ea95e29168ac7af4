import { expect, it } from 'vitest';
import { IS_SAMPLE } from '../builders/runs.ts';
import { KILLS, type Kill, killed, type Undisturbed, undisturbed } from './kill-sweep.ts';

/** Of all cases, every so many; `npm run test:organization` takes them all. */
const EVERY = Number(process.env.KILL_EVERY ?? (IS_SAMPLE ? 1999 : 149));

interface Case {
  readonly call: number;
  readonly kill: Kill;
}

it('a round that is killed at any call loses nothing, and the limit holds', { timeout: 7_200_000 }, async () => {
  const reference = await undisturbed();
  expect(reference.operations.length).toBeGreaterThan(150);
  const broken: string[] = [];
  // The organization is read anew in the midst of it.
  expect(reference.operations).toContain('DescribeRegions');
  const cases = casesOf(reference);
  let struck = 0;
  for (const { call, kill } of cases) {
    const problems = await killed(reference, call, kill);
    if (problems !== undefined) struck += 1;
    for (const what of problems ?? []) broken.push(`${kill} call ${call} (${reference.operations[call - 1]}): ${what}`);
  }
  expect(broken).toEqual([]);
  expect(struck).toBeGreaterThan(0.95 * cases.length - 1);
});

/** The moments that matter most are in every sample: something is gone and nobody wrote it down; the report is half written. */
function casesOf({ operations }: Undisturbed): Case[] {
  const all = operations.flatMap((_, index) => KILLS.map((kill) => ({ call: index + 1, kill })));
  const chosen: Case[] = [
    { call: operations.indexOf('DeregisterImage') + 1, kill: 'after' },
    { call: operations.lastIndexOf('PutObject') + 1, kill: 'before' },
    { call: operations.indexOf('DeregisterImage') + 1, kill: 'redriven' },
    { call: operations.lastIndexOf('PutObject') - 7, kill: 'after' },
  ];
  const sampled = all.filter((_, index) => index % EVERY === 7 % EVERY);
  return EVERY === 1 ? all : [...(IS_SAMPLE ? chosen.slice(0, 2) : chosen), ...sampled];
}
