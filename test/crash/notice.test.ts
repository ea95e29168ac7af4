import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import type { Call } from '../../src/sandbox/calls.ts';
import { aPolicy } from '../builders/policy.ts';
import { NOW } from '../scenarios/account.ts';
import { crashAccount, POLICY } from './account.ts';
import { connect } from './in-process.ts';
import { enforce } from './run.ts';
import { MISHAPS, type MishapName } from './sweep.ts';

const { notify } = aPolicy('rules: []\nnotify: { slack: { token: "ssm:/x", channel: "#platform" } }');
const ASKS_FOR_NOTICE: Policy = { ...POLICY, ...(notify && { notify }) };
const DAY = 86_400_000;
const NAMES = Object.keys(MISHAPS).filter((name): name is MishapName => name in MISHAPS);

/** Runs every day for some days while nobody is told anything; gives the images that are gone. */
async function goneAfterDays(policy: Policy, intercept?: { call: number; name: MishapName }): Promise<string[]> {
  const { state } = crashAccount();
  const before = [...state.images.keys()];
  for (const days of [0, 1, 8, 100]) {
    const now = () => new Date(NOW.getTime() + days * DAY);
    const fault = ({ number }: Call) => {
      const kind = intercept && MISHAPS[intercept.name].fault(number === intercept.call, number > intercept.call);
      return kind === undefined ? {} : { kind };
    };
    const maxAttempts = intercept === undefined ? 1 : MISHAPS[intercept.name].maxAttempts;
    const connected = connect(state, { now, ...(days === 0 && { intercept: fault }) }, maxAttempts);
    // A run that could not look or lock does nothing, which is what this is about.
    await enforce(connected, { now, policy }).catch(() => undefined);
    connected.clients.destroy();
  }
  return before.filter((id) => !state.images.has(id));
}

describe('while nobody is told', () => {
  it('a policy without a notify section deregisters, so that this could fail', async () => {
    expect((await goneAfterDays(POLICY)).length).toBeGreaterThan(5);
  });

  it('a policy that asks for notice deregisters nothing, for as many days as it takes', async () => {
    expect(await goneAfterDays(ASKS_FOR_NOTICE)).toEqual([]);
  });

  it.each(NAMES)(
    'it deregisters nothing either when a call is struck: %s',
    async (name) => {
      for (let call = 1; call <= 90; call += 18) {
        expect(await goneAfterDays(ASKS_FOR_NOTICE, { call, name }), `call ${call}`).toEqual([]);
      }
    },
    60_000,
  );
});
