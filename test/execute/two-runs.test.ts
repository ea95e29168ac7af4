import { describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/seed/random.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { connect } from '../builders/in-process.ts';
import { sweep } from '../builders/runs.ts';
import { BUCKET, crashAccount, POLICY } from '../crash/account.ts';
import { brokenInvariants, finalState } from '../crash/invariants.ts';
import { enforce } from '../crash/run.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { ALL, actOn, policyOf, rightBefore } from './acting.ts';

const HOUR = 3_600_000;

async function runAt(state: AccountState, at: Date, locked = true, seed = 0) {
  const now = () => at;
  const random = new Random(seed);
  // Some steps of waiting before each call, so that the calls of two runs come in ever another order.
  const before = async () => {
    for (let steps = Math.floor(random.fraction() * seed * 20); steps > 0; steps -= 1) await Promise.resolve();
  };
  const connected = connect(state, { now, intercept: () => ({ before }) });
  const { clients } = connected;
  // A lock that nobody else sees is none.
  const ssm = locked
    ? clients.ssm
    : connect(new StoryAccount().state, { now, intercept: () => ({ before }) }).clients.ssm;
  try {
    return {
      report: await enforce(connected, { now, policy: POLICY, clients: { ...clients, ssm }, bucket: BUCKET }),
      calls: connected.calls,
    };
  } finally {
    connected.clients.destroy();
  }
}

describe('two runs', () => {
  it('one after the other: the second writes nothing', async () => {
    const { state } = crashAccount();
    await runAt(state, NOW);
    for (const milliseconds of [0, 60_000, HOUR]) {
      const { calls } = await runAt(state, new Date(NOW.getTime() + milliseconds));
      expect(calls.writes().map(({ operation }) => operation)).toEqual([]);
    }
  });

  it('at once: one acts, the other says who does, and does nothing', async () => {
    const { state } = crashAccount();
    const both = await Promise.allSettled([runAt(state, NOW), runAt(state, NOW)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(String(refused?.reason)).toMatch(
      /^LockedError: another run \(2026.*\) is acting on this account and Region/,
    );
  });

  it('of which one lost the lock meanwhile: it stops before its next batch', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const due = story.image('due', { deprecatedDaysAgo: null });
    const steal = () => {
      const Value = JSON.stringify({ runId: 'other', expiresAt: new Date(NOW.getTime() + HOUR).toISOString() });
      story.parameter('/ami-janitor/lock', [Value], { dataType: 'text' });
    };
    const { of } = await actOn(story, { intercept: rightBefore('EnableImageDeprecation', steal) });
    expect([of(due), of(image)]).toEqual(['done', 'skipped: the lock was lost to other']);
    expect(story.state.parameters.has('/ami-janitor/lock')).toBe(true);
  });

  const timings: readonly (readonly [apart: number, seed: number])[] = [
    [0, 0],
    [HOUR, 0],
    [-HOUR, 0],
    [0, 1],
    [0, 2],
    [60_000, 3],
    [0, 4],
  ];
  it.each(sweep(timings, 3))(
    'at once without the lock, the clocks %d ms apart: the end is the same (order %d)',
    async (apart, seed) => {
      const reference = crashAccount();
      const untouched = structuredClone(reference.state);
      await runAt(reference.state, NOW);
      const end = finalState(reference.state, untouched);

      const account = crashAccount();
      const before = structuredClone(account.state);
      const planned = new Set([...before.images.keys(), ...before.snapshots.keys()]);
      const other = new Date(NOW.getTime() + apart);
      await Promise.all([runAt(account.state, NOW, false, seed), runAt(account.state, other, false, seed * 7)]);
      expect(brokenInvariants(account, before, planned)).toEqual([]);
      for (const hours of [2, 3]) await runAt(account.state, new Date(NOW.getTime() + hours * HOUR));
      expect(brokenInvariants(account, before, planned)).toEqual([]);
      expect(finalState(account.state, before)).toBe(end);
    },
  );
});

describe('bad input', () => {
  it('perRun: 0 does nothing, and says so', async () => {
    const story = new StoryAccount();
    story.image('old');
    const policy = { ...ALL, limits: { perRun: 0, stopAbovePercent: 100 } };
    const { report, calls } = await actOn(story, { policy });
    expect(calls.writes()).toEqual([]);
    expect(report.warnings.join(' ')).toContain('limits.perRun is 0');
  });

  it('after: 0d works, with a warning in the report', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: 1 });
    const { report, of } = await actOn(story, { policy: policyOf('deregister: { after: 0d }') });
    expect(of(image)).toBe('done');
    expect(report.warnings.join(' ')).toMatch(/deregister\.after is 0/);
  });

  it('a policy that makes everything due stops, and nothing is done', async () => {
    const story = new StoryAccount();
    for (let number = 0; number < 10; number += 1) story.image(`old ${number}`);
    const { report, calls } = await actOn(story, { policy: { ...ALL, limits: { perRun: 50, stopAbovePercent: 25 } } });
    expect(report.passes.find(({ pass }) => pass === 'deregister')?.stopped).toMatchObject({ due: 10 });
    expect(calls.writes()).toEqual([]);
  });
});
