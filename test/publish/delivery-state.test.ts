import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeliveryState } from '../../src/publish/delivery-state.ts';
import { connect } from '../builders/in-process.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';

const BUCKET = 'ami-janitor-reports';
const keyOf = (run: string) => `audit/123456789012/eu-west-1/2026/11/21/${run}.jsonl`;
const [ONE, TWO] = [keyOf('one'), keyOf('two')];

let connected: ReturnType<typeof connect>;
beforeEach(() => {
  const story = new StoryAccount();
  story.state.buckets.set(BUCKET, new Map());
  connected = connect(story.state, { now: () => NOW });
});
afterEach(() => connected.clients.destroy());

const open = (now = NOW) => DeliveryState.open(connected.clients.s3, BUCKET, '123456789012', () => now);

it('what two tellings at once mark is marked, whichever writes last', async () => {
  const [first, second] = [await open(), await open()];
  await first.delivered(ONE, ['ami-1']);
  await second.delivered(TWO, ['ami-2']);
  await first.delivered(ONE, ['ami-3']);
  const state = await open();
  expect([
    state.wasDelivered(ONE, 'ami-1'),
    state.wasDelivered(ONE, 'ami-3'),
    state.wasDelivered(TWO, 'ami-2'),
  ]).toEqual([true, true, true]);
  const puts = connected.calls.entries.filter(({ operation }) => operation === 'PutObject');
  for (const { input } of puts) expect(JSON.stringify(input)).toMatch(/"If(?:None)?Match":/);
});

it('a telling that ends while another one is at work takes nothing from it', async () => {
  const [first, second] = [await open(), await open()];
  await first.delivered(ONE, ['ami-1']);
  await second.end([TWO], [TWO], true);
  const state = await open();
  expect([state.wasDelivered(ONE, 'ami-1'), state.isDelivered(ONE), state.isDelivered(TWO)]).toEqual([
    true,
    false,
    true,
  ]);
});

it('what a telling may have sent that broke off is looked for, a week back, though the one before broke off as well', async () => {
  const after = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
  const looked = [];
  for (const days of [0, 5, 9]) looked.push(await (await open(after(days))).begin());
  expect(looked).toEqual([undefined, NOW, after(2)]);
  const last = await open(after(9));
  await last.end([], [], true);
  expect(await last.begin()).toBeUndefined();
});
