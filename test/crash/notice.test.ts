import { describe, expect, it } from 'vitest';
import { IS_SAMPLE, sweep } from '../builders/runs.ts';
import { POLICY } from './account.ts';
import { ASKS_FOR_NOTICE, goneAfterDays } from './notice.ts';
import { FAULTS, type FaultName } from './sweep.ts';

const NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);

describe('while nobody is told', () => {
  it('a policy without a notify section deregisters, so that this could fail', async () => {
    expect((await goneAfterDays(POLICY)).length).toBeGreaterThan(5);
  });

  it('a policy that asks for notice deregisters nothing, for as many days as it takes', async () => {
    expect(await goneAfterDays(ASKS_FOR_NOTICE)).toEqual([]);
  });

  it.each(sweep(NAMES, 1))(
    'it deregisters nothing either when a call is struck: %s',
    async (name) => {
      for (let call = 1; call <= 90; call += IS_SAMPLE ? 54 : 18) {
        expect(await goneAfterDays(ASKS_FOR_NOTICE, { call, name }), `call ${call}`).toEqual([]);
      }
    },
    60_000,
  );
});
