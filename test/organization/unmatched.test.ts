import { afterEach, expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { POLICY, Running } from './running.ts';

let running: Running;
afterEach(() => running.close());

const WITH_GLOB = POLICY.replace('sharedImages: evaluate', 'sharedImages: evaluate, ssmParameters: ["/packer/*"]');

it.each([
  ['one target', 'is enough where all were read', true, false, true],
  ['no target', 'keeps every image', false, false, false],
  ['one target', 'keeps every image where another could not be read', true, true, false],
])('a glob of parameters that matches in %s %s', async (_, __, isThere, isOneUnread, isEnough) => {
  const seeded = seedOrganization({ consumers: 2, unused: 2 });
  if (isThere) seeded.consumers[0]?.home.parameter('/packer/base', ['ami-0000000f'], { dataType: 'text' });
  const unread = seeded.consumers[1]?.accountId;
  running = await Running.start(seeded, {
    mode: 'dry-run',
    policy: WITH_GLOB,
    intercept: ({ operation, accountId }) =>
      isOneUnread && operation === 'DescribeInstances' && accountId === unread ? { kind: 'access-denied' } : undefined,
  });
  await running.readAll();
  await running.join(100);
  await running.act();
  const report = await running.report();
  const due = report.images.filter(({ decision }) => decision !== 'keep' && decision !== 'reinstate');
  expect(due.length > 0).toBe(isEnough);
  const row = report.sources.find(({ name }) => name === 'parameters-of-all-targets');
  expect(row?.status).toBe(isEnough ? undefined : 'unreadable');
});
