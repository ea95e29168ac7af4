import { describe, expect, it } from 'vitest';
import { HOME, seedOrganization } from '../builders/organization.ts';
import { AT_HOME, BUCKET, POLICY, Running } from './running.ts';

let running: Running;

const policy = (perRun: number) => POLICY.replace('perRun: 100', `perRun: ${perRun}`);

/** An organization with a dozen images that are due and two more, ready to act; each removal takes four minutes. */
async function slow(perRun: number, unused = 12): Promise<void> {
  running = await Running.start(seedOrganization({ consumers: 1, unused }), {
    ...AT_HOME,
    policy: policy(perRun),
  });
  await running.readAndJoin();
  running.intercept = (call) =>
    call.operation === 'DeregisterImage' ? { after: () => running.pass(240_000) } : undefined;
}

const removed = () => running.sandbox.calls.writes().filter(({ operation }) => operation === 'DeregisterImage').length;

describe('a place with more to do than one round can', () => {
  it('goes on round after round until all is done, and tells of all of it', async () => {
    await slow(100);
    const rounds = await running.act();
    expect(rounds).toBeGreaterThan(4);
    const { outcomes, passes, totals } = await running.report();
    const done = outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done');
    expect(done).toHaveLength(14);
    expect(new Set(done.map(({ resourceId }) => resourceId)).size).toBe(14);
    expect(passes.find(({ pass }) => pass === 'deregister')).toMatchObject({ deferred: [] });
    expect(totals.outcomes).toMatchObject({ failed: 0, skipped: 0 });
    expect(removed()).toBe(14);
  });

  it('never does more than the limit of the run allows, however many rounds there are', async () => {
    await slow(6);
    expect(await running.act()).toBeGreaterThan(2);
    expect(removed()).toBe(6);
    const { passes } = await running.report();
    const pass = passes.find((one) => one.pass === 'deregister');
    expect(pass?.actions).toHaveLength(6);
    expect(pass?.deferred.length).toBeGreaterThanOrEqual(8);
  });

  it('does not try again in the same run what failed, and goes on with the rest', async () => {
    await slow(100, 6);
    const [stuck = ''] = running.seeded.images.unused;
    running.intercept = (call) =>
      call.operation === 'DeregisterImage' && JSON.stringify(call.input).includes(stuck)
        ? { kind: 'access-denied' }
        : undefined;
    await running.act();
    const { outcomes } = await running.report();
    expect(outcomes.filter(({ resourceId }) => resourceId === stuck)).toEqual([
      expect.objectContaining({ action: 'deregister', status: 'failed' }),
    ]);
    expect(outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done')).toHaveLength(7);
  });

  it('goes on past what is refused, and tries four times the limit at the most', async () => {
    await slow(1, 6);
    running.intercept = (call) => (call.operation === 'DeregisterImage' ? { kind: 'access-denied' } : undefined);
    await running.act();
    const { outcomes } = await running.report();
    expect(outcomes.filter(({ action }) => action === 'deregister')).toHaveLength(4);
  });

  it.each<[string, number, number]>([
    ['images', 0, 1],
    // The oldest leaves its snapshot: a template maps it.
    ['snapshots', 1, 2],
  ])('removes no more %s in any round once the Recycle Bin did not take the first', async (_, rule, most) => {
    await slow(3, 6);
    const { rules } = running.seeded.golden.home.state.recycleBin;
    const kept = [...rules];
    // The rules say one thing, and the bin does another.
    running.intercept = (call) =>
      call.operation === 'DeregisterImage'
        ? { before: () => void rules.splice(rule, 1), after: () => void rules.splice(0, 2, ...kept) }
        : undefined;
    expect(await running.act()).toBeGreaterThan(2);
    expect(removed()).toBe(most);
    const { outcomes } = await running.report();
    expect(outcomes.filter(({ status }) => status === 'skipped')[0]?.reason).toMatch(/the first \w+ that this run/);
  });

  it('stops in every round where too much is due', async () => {
    running = await Running.start(seedOrganization({ consumers: 1 }), {
      ...AT_HOME,
      policy: POLICY.replace('stopAbove: 100%', 'stopAbove: 10%'),
    });
    await running.readAndJoin();
    await running.act();
    expect(removed()).toBe(0);
    expect((await running.report()).passes.find(({ pass }) => pass === 'deregister')?.stopped).toBeDefined();
  });

  it('ends where another run has the lock, and says so; the next try goes on', async () => {
    await slow(100, 3);
    running.seeded.golden.home.parameter(
      '/ami-janitor/lock',
      [JSON.stringify({ runId: 'another', expiresAt: '2026-11-21T03:00:00.000Z' })],
      { dataType: 'text' },
    );
    await expect(running.round(running.golden)).rejects.toThrow('another run (another) is acting');
    running.seeded.golden.home.state.parameters.delete('/ami-janitor/lock');
    await running.act();
    expect(removed()).toBe(5);
  });

  it.each<[string, number, number]>([
    ['stops where the other accounts were read more than a day ago: the run was taken up late', 0, 25],
    ['takes what was read more than six hours before the join for unread', 6.1, 0],
  ])('%s', async (_, hoursBeforeJoin, hoursAfterJoin) => {
    running = await Running.start(seedOrganization({ consumers: 1, unused: 3 }), AT_HOME);
    await running.readAll();
    running.pass(hoursBeforeJoin * 3_600_000);
    await running.join();
    running.pass(hoursAfterJoin * 3_600_000);
    await running.act();
    expect(removed()).toBe(0);
    expect(running.sandbox.calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
    const { notes } = JSON.parse(
      (await running.store.readText(`ended/${running.golden.accountId}/${HOME}.json`)) ?? '',
    );
    if (hoursAfterJoin > 0) expect(notes.stopped).toEqual([expect.stringContaining('began more than 22 hours ago')]);
  });

  it('is taken up a day late: nothing more is done, and what was done is reported, told and summed up', async () => {
    await slow(100, 6);
    expect((await running.round(running.golden)).workLeft).toBe(true);
    const before = removed();
    expect(before).toBeGreaterThan(0);
    running.pass(25 * 3_600_000);
    running.sandbox.calls.clear();
    expect(await running.act()).toBe(1);
    expect(running.sandbox.calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
    const { outcomes, passes } = await running.report();
    expect(outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done')).toHaveLength(before);
    expect(passes.find(({ pass }) => pass === 'deregister')?.deferred).toHaveLength(8 - before);
    const told = JSON.parse((await running.store.readText(`notices/${running.golden.accountId}/${HOME}.json`)) ?? '');
    expect(told.notices).toEqual([]);
    const gone = outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done');
    const ids = told.happenings.map(({ imageId }: { imageId: string }) => imageId);
    expect(ids).toEqual(expect.arrayContaining(gone.map(({ resourceId }) => resourceId)));
    const { notes } = JSON.parse(
      (await running.store.readText(`ended/${running.golden.accountId}/${HOME}.json`)) ?? '',
    );
    expect(notes.stopped).toEqual([expect.stringMatching(/^the run began more than 22 hours ago/)]);
  });

  it('leaves what its own doing makes due to the next run', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const fresh = seeded.golden.home.image('not deprecated yet', { deprecatedDaysAgo: null });
    running = await Running.start(seeded, { mode: 'enforce', policy: POLICY.replace('after: 30d', 'after: 0d') });
    running.intercept = ({ operation }) =>
      operation === 'EnableImageDeprecation' ? { after: () => running.pass(600_000) } : undefined;
    await running.readAndJoin();
    await running.act();
    expect(seeded.golden.home.state.images.has(seeded.images.unshared)).toBe(false);
    expect(seeded.golden.home.state.images.has(fresh)).toBe(true);
    const { outcomes } = await running.report();
    expect(outcomes.filter(({ resourceId }) => resourceId === fresh).map(({ action }) => action)).toEqual([
      'deprecate',
    ]);
  });

  it('is asked again after it ended: nothing happens', async () => {
    await slow(100, 2);
    await running.act();
    running.sandbox.calls.clear();
    expect(await running.round(running.golden)).toMatchObject({ status: 'ended', workLeft: false });
    expect(running.sandbox.calls.entries.filter(({ service }) => service !== 's3')).toEqual([]);
  });
});

it('what a run writes for its rounds lies below its own prefix', async () => {
  await slow(100, 2);
  await running.act();
  const keys = [...(running.seeded.janitor.home.state.buckets.get(BUCKET)?.keys() ?? [])];
  const tops = new Set(keys.map((key) => key.split('/')[0]));
  expect([...tops].sort()).toEqual(['audit', 'journal', 'latest', 'organization', 'reports']);
  expect(keys.filter((key) => key.includes('/acted/')).length).toBeGreaterThan(0);
  expect(keys.filter((key) => key.startsWith('audit/'))).toEqual([
    expect.stringMatching(new RegExp(`^audit/${running.golden.accountId}/${HOME}/2026/11/21/`)),
  ]);
});
