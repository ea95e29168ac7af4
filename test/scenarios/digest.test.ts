import { afterEach, beforeEach, expect, it } from 'vitest';
import { announce } from '../../src/notify/announce.ts';
import { connect } from '../builders/in-process.ts';
import { imageIdsIn } from '../builders/notices.ts';
import { readerOf } from '../builders/reader.ts';
import { SlackServer, textsIn } from '../notify/slack-server.ts';
import { aPolicy, NOW, StoryAccount } from './account.ts';

let slack: SlackServer;
beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.people.push({ id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' });
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' });
});
afterEach(() => slack.close());

/** Tells the owners of a story's account once, by Slack. */
async function announceOnce(account: StoryAccount): Promise<void> {
  const policy = aPolicy({
    notify: { slack: { token: 'ssm:/x', channel: '#platform' } },
    references: { sharedImages: 'evaluate' },
  });
  const { clients } = connect(account.state, { now: () => NOW });
  const reader = readerOf(clients, policy, () => NOW);
  const delivery = slack.delivery(policy, { startedAt: NOW });
  const targets = [{ region: clients.region, reader, ec2: clients.ec2 }];
  const policySource = { source: 'story', sha256: '0'.repeat(64) };
  const request = { runId: 'run', mode: 'enforce', policy, policySource, at: NOW, clock: () => NOW, targets } as const;
  await announce({ ...request, acted: [] }, delivery);
  clients.destroy();
}

const shown = () =>
  slack.posted
    .filter(({ channel }) => channel === 'DU00000ANN')
    .flatMap(({ blocks }) => textsIn(blocks).flatMap(imageIdsIn));
const announced = ({ state }: StoryAccount) =>
  [...state.images]
    .filter(([, { Tags }]) => (Tags ?? []).some(({ Key }) => Key === 'ami-janitor:announced-at'))
    .map(([id]) => id);

function accountOf(images: number): { readonly account: StoryAccount; readonly ids: readonly string[] } {
  const account = new StoryAccount();
  const tags = { Owner: 'ann@example.com' };
  return { account, ids: Array.from({ length: images }, (_, n) => account.image(`webapp-${n}`, { tags })) };
}

it('an owner of 25 images is shown all 25, not 10 of them (spinnaker/swabbie)', async () => {
  const { account, ids } = accountOf(25);
  await announceOnce(account);
  expect(shown().sort()).toEqual([...ids].sort());
  expect(announced(account).sort()).toEqual([...ids].sort());
});

it('what the rest of a long list would have shown does not count as announced where it did not come through', async () => {
  const { account, ids } = accountOf(120);
  slack.fault = ({ method, values }) =>
    method === 'chat.postMessage' && values.thread_ts !== undefined ? 'error-before' : undefined;
  await announceOnce(account);
  expect(shown().length).toBeGreaterThan(0);
  expect(shown().length).toBeLessThan(ids.length);
  expect(announced(account).sort()).toEqual([...new Set(shown())].sort());
});
