import { afterEach, describe, expect, it } from 'vitest';
import { ageOf } from '../../src/organization/join/joined.ts';
import { HOME, seedOrganization } from '../builders/organization.ts';
import { Running } from './running.ts';

let running: Running;
afterEach(() => running?.close());

const MINUTE = 60_000;
const goldenImages = () => running.seeded.golden.home.state.images;
const removals = () => running.sandbox.calls.entries.filter(({ operation }) => operation === 'DeregisterImage');

/** An organization whose due images are shared with all, read and joined. */
async function joined(unused = 6, took = 0, consumers = 2): Promise<void> {
  running = await Running.start(seedOrganization({ consumers, unused }), { mode: 'enforce' });
  await running.readAll();
  running.pass(took);
  await running.join();
}

describe('what other accounts use', () => {
  it('and began to use after the join stays, though others were removed a moment before', async () => {
    await joined();
    const [, , third = '', ...others] = running.seeded.images.unused;
    const { home } = running.seeded.consumer(2);
    running.intercept = ({ operation }) => {
      if (operation !== 'DeregisterImage') return undefined;
      const isFirst = removals().length === 1;
      return {
        after: () => {
          running.pass(15_000);
          if (isFirst) home.template('brand-new', [third]);
        },
      };
    };
    await running.act();
    expect(goldenImages().has(third)).toBe(true);
    for (const id of others) expect(goldenImages().has(id), id).toBe(false);
    const { outcomes } = await running.report();
    const reason = expect.stringMatching(/^another account began to use it: ec2:LaunchTemplate arn:.*:300000000002:/);
    expect(outcomes.find(({ resourceId }) => resourceId === third)).toMatchObject({ status: 'skipped', reason });
  });

  it('and began to use after it was shared with them, since the join, stays', async () => {
    await joined(2, 0, 3);
    const [lately = '', other = ''] = running.seeded.images.unused;
    const { accountId, home } = running.seeded.consumer(3);
    const permissions = running.seeded.golden.home.state.launchPermissions;
    const before = permissions.get(lately) ?? [];
    permissions.set(lately, [...before.filter(({ UserId }) => UserId !== accountId), { UserId: accountId }]);
    home.instance(lately);
    await running.act();
    expect(goldenImages().has(lately)).toBe(true);
    expect(goldenImages().has(other)).toBe(false);
  });

  it('is asked about in those accounts alone that may launch an image', async () => {
    await joined(1);
    running.sandbox.calls.clear();
    const asking = new Set<string>();
    running.intercept = ({ operation, accountId }) => {
      if (operation === 'DescribeImageReferences') asking.add(accountId);
      return undefined;
    };
    const state = running.seeded.golden.home.state;
    const [only] = running.seeded.images.unused;
    for (const id of [...state.launchPermissions.keys()]) if (id !== only) state.launchPermissions.delete(id);
    state.launchPermissions.set(only ?? '', [{ UserId: running.seeded.consumer(2).accountId }]);
    await running.act();
    expect(asking).toEqual(new Set([running.golden.accountId, running.seeded.consumer(2).accountId]));
  });

  it('is read anew where it has grown old in the middle of an iteration: the rest waits, and is not lost', {
    tags: ['long'],
  }, async () => {
    await joined(20);
    const first = running.now;
    const ages: number[] = [];
    let readAt = first;
    running.intercept = ({ operation }) => {
      if (operation !== 'DeregisterImage') return undefined;
      ages.push(running.now.getTime() - readAt.getTime());
      return { after: () => running.pass(2 * MINUTE) };
    };
    while ((await running.round(running.golden)).status === 'more');
    expect(ages.length).toBeGreaterThan(3);
    expect(ages.length).toBeLessThan(20);
    const inFirst = removals().length;
    // The same round again does nothing, and still waits.
    expect(await running.round(running.golden)).toMatchObject({ status: 'waiting', workLeft: false });
    expect(removals()).toHaveLength(inFirst);
    readAt = running.now;
    await running.readAnew();
    while ((await running.round(running.golden)).status === 'more');
    expect(removals().length).toBeGreaterThan(inFirst);
    await running.readAnew();
    readAt = running.now;
    await running.act();
    expect(Math.max(...ages)).toBeLessThanOrEqual(15 * MINUTE);
    const { outcomes } = await running.report();
    const done = outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done');
    expect(done).toHaveLength(22);
    const said = new Set(done.map(({ othersReadAt }) => othersReadAt));
    expect(said.size).toBe(3);
    expect(said).toContain(first.toISOString());
  });

  it('is of no count for what can be undone: that is done however old it is', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 2 });
    const fresh = seeded.golden.home.image('not deprecated yet', { deprecatedDaysAgo: null });
    running = await Running.start(seeded, { mode: 'enforce' });
    await running.readAll();
    await running.join();
    running.pass(120 * MINUTE);
    expect(await running.round(running.golden)).toMatchObject({ status: 'more' });
    expect(await running.round(running.golden)).toMatchObject({ status: 'waiting' });
    expect(goldenImages().get(fresh)).toHaveProperty('DeprecationTime');
    expect(removals()).toEqual([]);
  });

  it('closes a target without another iteration where none follows: what was due is said, and the run fails for it', async () => {
    await joined(2);
    running.pass(120 * MINUTE);
    expect(await running.round(running.golden, true)).toMatchObject({ status: 'more' });
    expect(await running.round(running.golden, true)).toMatchObject({ status: 'ended' });
    expect(removals()).toEqual([]);
    const { notes } = JSON.parse(
      (await running.store.readText(`ended/${running.golden.accountId}/${HOME}.json`)) ?? '',
    );
    expect(notes).toMatchObject({
      outOfTime: true,
      stopped: [expect.stringMatching(/^other accounts were read at 2026-11-21T/)],
    });
  });
});

describe('what was joined is acted on', () => {
  it.each([
    ['a quarter of an hour at the least', 1, 15],
    ['for as long as reading took', 40, 40],
    ['an hour at the most', 300, 60],
  ])('%s', (_, tookMinutes, validMinutes) => {
    const oldest = new Date('2026-11-21T02:00:00Z');
    const joinedAt = new Date(oldest.getTime() + tookMinutes * MINUTE);
    expect(ageOf({ oldest, joinedAt })).toEqual({
      readAt: oldest,
      until: new Date(joinedAt.getTime() + validMinutes * MINUTE),
    });
  });
});
