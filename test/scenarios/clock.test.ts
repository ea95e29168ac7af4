import { describe, expect, it } from 'vitest';
import { EXIT, explainError } from '../../src/cli/io.ts';
import { restore } from '../../src/execute/restore/restore-run.ts';
import { RefusedError, refusedByClock } from '../../src/handlers/errors.ts';
import { ClockError, clockProblem } from '../../src/model/clock.ts';
import { PASSES } from '../../src/model/plan.ts';
import { announce } from '../../src/notify/announce.ts';
import { run } from '../../src/run.ts';
import { connect } from '../builders/in-process.ts';
import { readerOf } from '../builders/reader.ts';
import { enforce } from '../crash/run.ts';
import { ALL, actOn, policyOf } from '../execute/acting.ts';
import { NOW, StoryAccount } from './account.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Clients whose endpoint goes by its own clock, and a look by the machine's. */
function apart(story: StoryAccount, milliseconds: number) {
  const connected = connect(story.state, { now: () => NOW });
  const now = () => new Date(NOW.getTime() + milliseconds);
  const look = readerOf(connected.clients, ALL, now);
  return { ...connected, now, look };
}

describe('a clock that is apart from AWS’s', () => {
  it.each([
    ['45 days ahead', 45 * DAY],
    ['six minutes ahead', 6 * MINUTE],
    ['six minutes behind', -6 * MINUTE],
  ])('enforces nothing: %s', async (_, milliseconds) => {
    const story = new StoryAccount();
    // Promised for thirty days, of which one is over.
    const image = story.image('promised', { deprecatedDaysAgo: 1 });
    story.image('due', { deprecatedDaysAgo: null });
    const { clients, calls, now } = apart(story, milliseconds);
    const ended = enforce({ clients, calls }, { now, policy: ALL });
    await expect(ended).rejects.toThrow(ClockError);
    await expect(ended).rejects.toThrow(
      `nothing is enforced: this machine's clock says ${now().toISOString()} and AWS says ${NOW.toISOString()}`,
    );
    expect(calls.writes()).toEqual([]);
    expect(story.state.images.has(image)).toBe(true);
  });

  it('enforces where it is less than five minutes apart', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const { clients, calls, now } = apart(story, 4 * MINUTE);
    const { outcomes } = await enforce({ clients, calls }, { now, policy: ALL });
    expect(outcomes.find(({ resourceId }) => resourceId === image)?.status).toBe('done');
  });

  it('is a warning of a dry run', async () => {
    const story = new StoryAccount();
    story.image('old');
    const { look, now } = apart(story, 45 * DAY);
    const policySource = { source: 'test', sha256: '0'.repeat(64) };
    const { warnings } = await run({ runId: 'a', passes: PASSES, policy: ALL, policySource, reader: look, at: now() });
    expect(warnings.join(' ')).toContain("An enforcing run would do nothing: this machine's clock says");
  });

  it('tells no owner of dates that are not so', async () => {
    const story = new StoryAccount();
    story.image('old', { tags: { Owner: 'web' } });
    const { look, now, clients, calls } = apart(story, 45 * DAY);
    const delivery = {
      notifyOwners: () => Promise.reject(new Error('told')),
      notifyPlatform: () => Promise.reject(new Error('told')),
      notifyFailure: () => Promise.reject(new Error('told')),
    };
    const told = announce(
      {
        runId: 'a',
        mode: 'enforce',
        policy: policyOf('deregister: { after: 90d }', 'notify: { slack: { token: "ssm:/x", channel: "#platform" } }'),
        policySource: { source: 'test', sha256: '0'.repeat(64) },
        at: now(),
        clock: now,
        targets: [{ region: 'eu-west-1', reader: look, ec2: clients.ec2 }],
        acted: [],
      },
      delivery,
    );
    await expect(told).rejects.toThrow(ClockError);
    expect(calls.writes()).toEqual([]);
  });

  it('brings nothing back for a time that can’t be told', async () => {
    const story = new StoryAccount();
    story.image('old');
    story.state.recycleBin.rules.push(
      { resource: 'image', retentionDays: 7 },
      { resource: 'snapshot', retentionDays: 7 },
    );
    const runId = '20261121T020000Z-0a1b2c3d';
    await actOn(story, { runId });
    const { clients, calls, now } = apart(story, 45 * DAY);
    const confirm = async () => true;
    const restored = restore({ runId, restoreRunId: 'b', clients, clock: now, confirm, journal: undefined });
    await expect(restored).rejects.toThrow(ClockError);
    expect(calls.writes()).toEqual([]);
  });

  it('refuses, as bad input does: exit 2, and a refused invocation', () => {
    const error = new ClockError('the clock is apart');
    expect(explainError(error)).toEqual({ sentence: 'nothing is enforced: the clock is apart', exitCode: EXIT.usage });
    expect(refusedByClock(error)).toBeInstanceOf(RefusedError);
  });

  it('can’t be compared where AWS’s answer has no time', () => {
    expect(clockProblem({ localAt: NOW })).toMatch(/^AWS's answer has no time/);
  });
});
