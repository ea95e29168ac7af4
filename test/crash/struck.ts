import type { Call, Fault } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { NOW } from '../scenarios/account.ts';
import { BUCKET } from './account.ts';
import { enforce } from './run.ts';
import { FAULTS, type FaultName } from './sweep.ts';

const HOUR = 3_600_000;

/** Which call is struck, and by what. */
export interface Struck {
  readonly call: number;
  readonly name: FaultName;
}

/** A full enforced run so many hours after the story's time; a run that could not look or lock does nothing. */
export async function runAt(
  policy: Policy,
  state: AccountState,
  hours: number,
  struck?: Struck,
  watch: (call: Call) => Fault = () => ({}),
) {
  const now = () => new Date(NOW.getTime() + hours * HOUR);
  const intercept = (call: Call) => {
    const kind = struck && FAULTS[struck.name].fault(call.number === struck.call, call.number > struck.call);
    return kind === undefined ? watch(call) : { kind };
  };
  const maxAttempts = struck === undefined ? 1 : FAULTS[struck.name].maxAttempts;
  const connected = connect(state, { now, intercept }, maxAttempts);
  const report = await enforce(connected, { now, policy, bucket: BUCKET }).catch((error: unknown) => {
    if (struck === undefined) throw error;
    return undefined;
  });
  connected.clients.destroy();
  return { report, operations: connected.calls.entries.map(({ operation }) => operation) };
}

/** How each action of a run ended. */
export const endings = (report: Report | undefined) =>
  report?.outcomes.map(({ action, status }) => `${action} ${status}`);

const NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);

/** Each fault at each call of a run; of all, every so many. */
export function casesOf(operations: readonly string[], every: number): Struck[] {
  const all = operations.flatMap((_, index) => NAMES.map((name) => ({ call: index + 1, name })));
  return all.filter((_, index) => index % every === 0);
}
