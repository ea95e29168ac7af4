import type { Call } from '../../sandbox/calls.ts';
import type { Policy } from '../../src/model/policy.ts';
import { connect } from '../builders/in-process.ts';
import { aPolicy } from '../builders/policy.ts';
import { NOW } from '../scenarios/account.ts';
import { BUCKET, crashAccount, POLICY } from './account.ts';
import { enforce } from './run.ts';
import { FAULTS, type FaultName } from './sweep.ts';

const { notify } = aPolicy('rules: []\nnotify: { slack: { token: "ssm:/x", channel: "#platform" } }');
/** The sweep's policy, with owners to be told. */
export const ASKS_FOR_NOTICE: Policy = { ...POLICY, ...(notify && { notify }) };
const DAY = 86_400_000;

/**
 * Runs on some days while nobody is told anything.
 * @param intercept the call of the first day that is struck, and how
 * @returns the images that are gone
 */
export async function goneAfterDays(policy: Policy, intercept?: { call: number; name: FaultName }): Promise<string[]> {
  const { state } = crashAccount();
  const before = [...state.images.keys()];
  for (const days of [0, 1, 8, 100]) {
    const now = () => new Date(NOW.getTime() + days * DAY);
    const fault = ({ number }: Call) => {
      const kind = intercept && FAULTS[intercept.name].fault(number === intercept.call, number > intercept.call);
      return kind === undefined ? {} : { kind };
    };
    const maxAttempts = intercept === undefined ? 1 : FAULTS[intercept.name].maxAttempts;
    const connected = connect(state, { now, ...(days === 0 && { intercept: fault }) }, maxAttempts);
    // A run that could not look or lock does nothing, which is what this is about.
    await enforce(connected, { now, policy, bucket: BUCKET }).catch(() => undefined);
    connected.clients.destroy();
  }
  return before.filter((id) => !state.images.has(id));
}
