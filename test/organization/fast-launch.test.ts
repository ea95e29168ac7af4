import { afterEach, expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { AT_HOME, Running } from './running.ts';

let running: Running;
afterEach(() => running?.close());

it('an image that another account keeps ready by Windows Fast Launch stays', async () => {
  const seeded = seedOrganization({ consumers: 1, unused: 2 });
  const [ready = '', other = ''] = seeded.images.unused;
  const { accountId, home } = seeded.consumer(1);
  home.state.fastLaunch.set(ready, { ImageId: ready, OwnerId: seeded.golden.accountId, State: 'enabled' });
  running = await Running.start(seeded, AT_HOME);
  await running.readAndJoin();
  await running.act();
  const { images } = await running.report();
  expect(images.find(({ imageId }) => imageId === ready)).toMatchObject({
    decision: 'reinstate',
    references: [{ kind: 'ec2:FastLaunch', resource: ready, detail: 'enabled', accountId }],
  });
  const there = [ready, other].map((id) => seeded.golden.home.state.images.has(id));
  expect(there).toEqual([true, false]);
});
