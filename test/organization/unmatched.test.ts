import { describe, expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import type { StoryAccount } from '../scenarios/account.ts';
import { addStateMachine } from '../scenarios/every-text-kind.ts';
import { POLICY, Running } from './running.ts';

let running: Running;

const SEARCHES = [
  {
    what: 'a glob of parameters',
    source: 'names-of-all-targets',
    references: 'ssmParameters: ["/packer/*"]',
    add: (home: StoryAccount) => home.parameter('/packer/base', ['ami-0000000f'], { dataType: 'text' }),
  },
  {
    what: 'a glob of state machines',
    source: 'names-of-all-targets',
    references: 'byName: { state-machines: ["packer-*"] }',
    add: (home: StoryAccount) => addStateMachine(home, '{}', 'packer-base'),
  },
  {
    what: 'a lookup',
    source: 'lookups-of-all-targets',
    references: 'lookups: [{ name: web base, images: { owner: self, name: "packer-base-*" } }]',
    add: (home: StoryAccount) => home.image('packer-base-1'),
  },
];

describe.each(SEARCHES)('$what that matches in', ({ source, references, add }) => {
  it.each([
    ['one target', 'is enough where all were read', true, false, true],
    ['no target', 'keeps every image', false, false, false],
    ['one target', 'keeps every image where another could not be read', true, true, false],
  ])('%s %s', async (_, __, isThere, isOneUnread, isEnough) => {
    const seeded = seedOrganization({ consumers: 2, unused: 2 });
    const home = seeded.consumers[0]?.home;
    if (isThere && home) add(home);
    const unread = seeded.consumers[1]?.accountId;
    running = await Running.start(seeded, {
      mode: 'dry-run',
      policy: POLICY.replace('sharedImages: evaluate', `sharedImages: evaluate, ${references}`),
      intercept: ({ operation, accountId }) =>
        isOneUnread && operation === 'DescribeInstances' && accountId === unread
          ? { kind: 'access-denied' }
          : undefined,
    });
    await running.readAll();
    await running.join(100);
    await running.act();
    const report = await running.report();
    const due = report.images.filter(({ decision }) => decision !== 'keep' && decision !== 'reinstate');
    expect(due.length > 0).toBe(isEnough);
    const row = report.sources.find(({ name }) => name === source);
    expect(row?.status).toBe(isEnough ? undefined : 'unreadable');
  });
});
