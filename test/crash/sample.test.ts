import { expect, it } from 'vitest';
import { IS_SAMPLE } from '../builders/runs.ts';
import { FAULTS, type FaultName, sweepCase, undisturbed } from './sweep.ts';

/** Of all cases of `npm run test:crash`, every so many. */
const EVERY = IS_SAMPLE ? 601 : 151;

it('a crash at any moment loses nothing: a sample of the sweep', { timeout: 120_000 }, async () => {
  const reference = await undisturbed();
  expect(reference.operations.length).toBeGreaterThan(200);
  const names = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);
  const cases = reference.operations.flatMap((_, index) => names.map((name) => ({ call: index + 1, name })));
  const broken: string[] = [];
  for (const { call, name } of cases.filter((_, index) => index % EVERY === 0)) {
    for (const what of await sweepCase(reference, call, name)) {
      broken.push(`call ${call} (${reference.operations[call - 1]}), ${name}: ${what}`);
    }
  }
  expect(broken).toEqual([]);
});
