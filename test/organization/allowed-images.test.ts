import { afterEach, describe, expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { AT_HOME, Running } from './running.ts';

let running: Running;
afterEach(() => running?.close());

const MINUTE = 60_000;
const AT_ONCE = { State: 'enabled', ImageCriteria: [{ DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 } }] };

/** Two due images that are not deprecated yet, shared with the first consumer, whose settings are these. */
async function joined(settings: object, intercept?: Running['intercept']) {
  const seeded = seedOrganization({ consumers: 2, unused: 0 });
  const { golden } = seeded;
  const consumer = seeded.consumer(1);
  consumer.home.state.allowedImages = settings;
  const images = ['one', 'two'].map((name) => {
    const id = golden.home.image(name, { deprecatedDaysAgo: null });
    golden.home.state.launchPermissions.set(id, [{ UserId: consumer.accountId }]);
    return id;
  });
  running = await Running.start(seeded, { ...AT_HOME, ...(intercept && { intercept }) });
  await running.readAndJoin();
  const isDeprecated = (id: string) => golden.home.state.images.get(id)?.DeprecationTime !== undefined;
  return { consumer, images, isDeprecated };
}

/** The consumer begins to use an image right before the first deprecation; gives which account was asked at that time. */
async function usedBeforeTheAct(settings: object, intercept?: Running['intercept']) {
  const { consumer, images, isDeprecated } = await joined(settings, intercept);
  const [used = '', other = ''] = images;
  consumer.home.template('brand-new', [used]);
  await running.act();
  const { images: rows, outcomes } = await running.report();
  const row = rows.find(({ imageId }) => imageId === used);
  const outcome = outcomes.find(({ resourceId }) => resourceId === used);
  return { row, outcome, isDeprecated: isDeprecated(used), isOtherDeprecated: isDeprecated(other), consumer };
}

describe('an image that an account can’t launch once it is deprecated', () => {
  it('stays where that account began to use it after the join, as before disabling', async () => {
    const { isDeprecated, isOtherDeprecated, outcome, row, consumer } = await usedBeforeTheAct(AT_ONCE);
    expect([isDeprecated, isOtherDeprecated]).toEqual([false, true]);
    const reason = expect.stringMatching(/^another account began to use it: ec2:LaunchTemplate /);
    expect(outcome).toMatchObject({ action: 'deprecate', status: 'skipped', reason });
    expect(row?.reasons).toContainEqual({
      code: 'blocked-once-deprecated',
      accounts: [consumer.accountId],
      unknown: [],
    });
  });

  it.each(['disabled', 'audit-mode'])(
    'is deprecated at once where its settings are %s: that can be undone',
    async (State) => {
      const { isDeprecated, row } = await usedBeforeTheAct({ ...AT_ONCE, State });
      expect(isDeprecated).toBe(true);
      expect(row?.reasons.map(({ code }) => code)).not.toContain('blocked-once-deprecated');
    },
  );

  it('may be so where its settings can’t be read: the same care', async () => {
    const { isDeprecated, row, consumer } = await usedBeforeTheAct({}, ({ operation }) =>
      operation === 'GetAllowedImagesSettings' ? { kind: 'access-denied' } : undefined,
    );
    expect(isDeprecated).toBe(false);
    expect(row?.reasons.at(-1)).toMatchObject({ accounts: [], unknown: [consumer.accountId] });
  });

  it('waits for the next reading where that of the others has grown old', async () => {
    const { images, isDeprecated } = await joined(AT_ONCE);
    running.pass(120 * MINUTE);
    await running.round(running.golden);
    expect(images.map(isDeprecated)).toEqual([false, false]);
  });
});
