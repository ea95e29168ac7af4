import { afterEach, expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { AT_HOME, POLICY, Running } from './running.ts';

let running: Running;
afterEach(() => running?.close());

it('an image that only another account names is protected, and one that nobody names is not', async () => {
  const seeded = seedOrganization({ consumers: 1, unused: 2 });
  const [named = '', other = ''] = seeded.images.unused;
  const { home } = seeded.consumer(1);
  home.template('web', [named]);
  running = await Running.start(seeded, { ...AT_HOME, policy: `${POLICY}protect: { inUse: true }\n` });
  await running.readAndJoin();
  await running.act();
  const { images, outcomes } = await running.report();
  const ofIt = outcomes.filter(({ resourceId }) => resourceId === named).map(({ action, status }) => [action, status]);
  expect(ofIt).toContainEqual(['protect', 'done']);
  expect(images.find(({ imageId }) => imageId === named)?.decision).not.toBe('deregister');
  const { state } = seeded.golden.home;
  expect(state.images.get(named)?.DeregistrationProtection).toBe('enabled-without-cooldown');
  expect(state.images.has(other)).toBe(false);
});
