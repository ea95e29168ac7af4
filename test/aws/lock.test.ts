import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import { acquireLock, LOCK_PARAMETER, stopReasons } from '../../src/execute/lock.ts';
import { LockedError } from '../../src/model/errors.ts';
import { connect } from '../builders/in-process.ts';
import { NOW } from '../scenarios/account.ts';

const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

function locker(state: AccountState, runId: string, at = NOW, intercept?: (call: Call) => Fault | undefined) {
  const { clients } = connect(state, { now: () => at, ...(intercept && { intercept }) }, 3);
  return { ssm: clients.ssm, runId, clock: () => at };
}

function value(state: AccountState): string | undefined {
  return state.parameters.get(LOCK_PARAMETER)?.history.at(-1)?.Value;
}

/** A run has it for the next twenty minutes. */
function hold(state: AccountState, runId: string): void {
  const Value = JSON.stringify({ runId, invocation: 'other', expiresAt: minutes(41).toISOString() });
  const entry = { Name: LOCK_PARAMETER, Type: 'String' as const, Value, Version: 9 };
  state.parameters.set(LOCK_PARAMETER, { name: LOCK_PARAMETER, history: [entry] });
}

describe('the lock', () => {
  it('is held by one run at a time, for 20 minutes, and given back', async () => {
    const state = emptyAccount();
    const lock = await acquireLock(locker(state, 'a'));
    expect(JSON.parse(value(state) ?? '')).toEqual({
      runId: 'a',
      invocation: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expiresAt: minutes(20).toISOString(),
    });
    await expect(acquireLock(locker(state, 'b', minutes(19)))).rejects.toThrow(LockedError);
    expect(await lock.release()).toBeUndefined();
    expect(value(state)).toBeUndefined();
    await acquireLock(locker(state, 'b'));
  });

  it('is renewed once five minutes went by, and not before', async () => {
    const state = emptyAccount();
    const request = locker(state, 'a');
    let now = NOW;
    const lock = await acquireLock({ ...request, clock: () => now });
    const expiresAt: string[] = [];
    for (const count of [4.9, 5, 9.9, 10]) {
      now = minutes(count);
      expect(await lock.keep()).toBeUndefined();
      expiresAt.push(JSON.parse(value(state) ?? '').expiresAt);
    }
    expect(expiresAt).toEqual([20, 25, 25, 30].map((count) => minutes(count).toISOString()));
  });

  it.each<[string, number, Partial<Parameters<typeof stopReasons>[0]['options']>, number, string | undefined]>([
    ['while all is well', 15, {}, 0, undefined],
    ['with an old plan', 15.1, {}, 0, 'the plan is more than 15 minutes old; plan anew'],
    ['with time left', 0, { deadline: minutes(2) }, 119_999, undefined],
    ['with too little time left', 0, { deadline: minutes(2) }, 120_000, 'out of time; the next run takes it up'],
    ['not interrupted', 0, { signal: new AbortController().signal }, 0, undefined],
    ['interrupted', 0, { signal: AbortSignal.abort() }, 0, 'interrupted; the next run takes it up'],
  ])('lets its run go on, or not, %s', async (_, ageMinutes, options, needed, expected) => {
    const state = emptyAccount();
    const lock = await acquireLock(locker(state, 'a'));
    const request = { plannedAt: minutes(-ageMinutes), options: { clock: () => NOW, ...options } };
    expect(stopReasons(request, lock)(needed)).toBe(expected);
    state.parameters.clear();
    const lost = await lock.renew();
    expect(stopReasons(request, lock)(needed)).toBe(ageMinutes > 15 ? expected : lost);
  });

  it('is held by one invocation of a run: a second one gets it when the first has given it back', async () => {
    const state = emptyAccount();
    const first = await acquireLock(locker(state, 'a'));
    await expect(acquireLock(locker(state, 'a', minutes(1)))).rejects.toThrow('another invocation of this run (a)');
    expect(await first.renew()).toBeUndefined();
    const second = await acquireLock(locker(state, 'a', minutes(21)));
    expect(await first.renew()).toBe('the lock was lost to another invocation of this run (a)');
    expect(await first.release()).toBeUndefined();
    expect(await second.renew()).toBeUndefined();
  });

  it('is renewed, and taken over when it has expired', async () => {
    const state = emptyAccount();
    const first = await acquireLock(locker(state, 'a'));
    await acquireLock(locker(state, 'b', minutes(21)));
    expect(await first.renew()).toBe('the lock was lost to b');
    // What is another's is not given back.
    expect(await first.release()).toBeUndefined();
    expect(value(state)).toContain('"b"');
  });

  it('is its own where the answer was lost on the way', async () => {
    const state = emptyAccount();
    const dropped = ({ number }: Call): Fault | undefined => (number === 1 ? { kind: 'drop-after' } : undefined);
    const lock = await acquireLock(locker(state, 'a', NOW, dropped));
    expect(await lock.renew()).toBeUndefined();
  });

  it.each<[string, string, (state: AccountState) => void]>([
    ['is another’s', 'another run (b) is acting', (state) => hold(state, 'b')],
    ['is another’s of the same run', 'another invocation of this run (a) is acting', (state) => hold(state, 'a')],
    ['vanished', 'the lock vanished while it was taken', (state) => state.parameters.clear()],
  ])('is not held where an expired one was taken over and %s right after: %s', async (_, why, change) => {
    const state = emptyAccount();
    await acquireLock(locker(state, 'old'));
    const after = () => change(state);
    const taken = ({ operation, input }: Call): Fault | undefined =>
      operation === 'PutParameter' && JSON.stringify(input).includes('"Overwrite":true') ? { after } : undefined;
    await expect(acquireLock(locker(state, 'a', minutes(21), taken))).rejects.toThrow(why);
  });

  it('is lost where it is gone', async () => {
    const state = emptyAccount();
    const lock = await acquireLock(locker(state, 'a'));
    state.parameters.clear();
    expect(await lock.renew()).toBe('the lock was lost to nobody (it is gone)');
    expect([await lock.keep(), lock.lost]).toEqual(Array(2).fill('the lock was lost to nobody (it is gone)'));
  });

  it.each(['', 'nonsense', '{"runId":1}', 'null'])('is nobody’s where the parameter holds %j', async (text) => {
    const state = emptyAccount();
    const entry = { Name: LOCK_PARAMETER, Type: 'String' as const, Value: text, Version: 1 };
    state.parameters.set(LOCK_PARAMETER, { name: LOCK_PARAMETER, history: [entry] });
    await acquireLock(locker(state, 'a'));
    expect(value(state)).toContain('"a"');
  });

  it('stops the run where it can’t be taken, and where it can’t be verified', async () => {
    const state = emptyAccount();
    const denied = (): Fault => ({ kind: 'access-denied' });
    await expect(acquireLock(locker(state, 'a', NOW, denied))).rejects.toThrow(
      /could not be taken, so nothing was done/,
    );
    const later = ({ number }: Call): Fault | undefined => (number > 1 ? { kind: 'access-denied' } : undefined);
    const lock = await acquireLock(locker(state, 'a', NOW, later));
    expect(await lock.renew()).toMatch(/^the lock could not be renewed: access denied/);
    expect(await lock.release()).toMatch(/expires by itself/);
  });
});
