import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Confirmed } from '../../src/notify/delivery.ts';
import { ABOUT, aNotice, imageIdsIn, itemsFor, QUIET } from '../builders/notices.ts';
import { oneRule } from '../builders/policy.ts';
import { sweep } from '../builders/runs.ts';
import { NOW } from '../scenarios/account.ts';
import { type SlackCall, type SlackFault, SlackServer, textsIn } from './slack-server.ts';
import { VirtualTime } from './virtual-time.ts';

const POLICY = oneRule(
  'keep: { newest: 1 }, deprecate: {}, deregister: { after: 30d }',
  'notify: { slack: { token: "ssm:/x", channel: "#platform" } }\nowners: { fallback: "#fallback" }',
);
const MINUTE = 60_000;

let slack: SlackServer;
let time: VirtualTime;
beforeEach(async () => {
  slack = await new SlackServer().start();
  time = new VirtualTime(NOW);
  slack.now = time.now;
  slack.onSilence = time.silence;
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00FALLBACK', name: 'fallback' });
});
afterEach(() => slack.close());

/** Owners of one image each, every one with a channel. */
function owners(amount: number, name: (number: number) => string = (number) => `#team-${number}`) {
  for (let number = 0; number < amount; number += 1)
    slack.channels.push({ id: `C${String(number).padStart(9, '0')}`, name: `team-${number}` });
  return Array.from({ length: amount }, (_, number) => itemsFor(name(number), [aNotice(number)]));
}

/** @param minutes until telling must be over */
function delivery(minutes: number) {
  const timing = time.timing(new Date(NOW.getTime() + minutes * MINUTE));
  return slack.delivery(POLICY, { timing, startedAt: NOW });
}

const posts = () => slack.calls.filter(({ method }) => method === 'chat.postMessage');
const isPost = ({ method }: SlackCall) => method === 'chat.postMessage';
const minutes = () => (time.milliseconds - NOW.getTime()) / MINUTE;
/** The images that stand in a channel. */
const shownIn = (channel: string) =>
  slack.posted
    .filter((message) => message.channel === channel)
    .flatMap(({ blocks }) => textsIn(blocks).flatMap(imageIdsIn));

describe('time is honored', () => {
  it('with no time left nothing goes out at all', async () => {
    const { delivered, undelivered, problems } = await delivery(0).notifyOwners(owners(500), ABOUT, QUIET);
    expect([delivered.length, undelivered.length, slack.calls.length]).toEqual([0, 500, 0]);
    expect(problems.join()).toContain('is told in the next run: there was no time left');
  });

  it('what was told before Slack hangs is written down at once, and telling ends in time', async () => {
    const written: string[] = [];
    let answered = 0;
    slack.fault = (call) => {
      if (!isPost(call)) return answered >= 20 ? 'hang' : undefined;
      answered += 1;
      return answered > 20 ? 'hang' : undefined;
    };
    const onDelivered = async ({ items }: Confirmed) => {
      expect(slack.posted.length - written.length).toBeLessThanOrEqual(4);
      for (const item of items) if (item.kind === 'notice') written.push(item.notice.imageId);
    };
    const { delivered, undelivered } = await delivery(2).notifyOwners(owners(500), ABOUT, { onDelivered });
    expect(written).toHaveLength(20);
    expect(new Set(written)).toEqual(
      new Set(slack.posted.flatMap(({ blocks }) => textsIn(blocks).flatMap(imageIdsIn))),
    );
    expect([delivered.length, undelivered.length]).toEqual([20, 480]);
    expect(minutes()).toBeLessThanOrEqual(2);
  }, 60_000);

  const lookups = [
    ['look-ups by mail', 'users.lookupByEmail', 'ann@example.com'],
    ['the list of people', 'users.list', '@ann'],
    ['direct conversations', 'conversations.open', 'U00000ANN'],
  ] as const;
  it.each(sweep(lookups, 1))(
    '%s that hang end in time too',
    async (_, method, owner) => {
      slack.fault = (call) => (call.method === method ? 'hang' : undefined);
      const { undelivered } = await delivery(1.5).notifyOwners([itemsFor(owner, [aNotice(1)])], ABOUT, QUIET);
      expect(undelivered).toHaveLength(1);
      expect(minutes()).toBeLessThanOrEqual(1.5);
    },
    60_000,
  );

  it('and so does the search for a message whose answer is missing', async () => {
    slack.fault = ({ method }) =>
      method === 'chat.postMessage' ? 'drop-after' : method === 'conversations.history' ? 'hang' : undefined;
    const { delivered } = await delivery(1.5).notifyOwners(owners(30), ABOUT, QUIET);
    expect(delivered).toEqual([]);
    expect(minutes()).toBeLessThanOrEqual(1.5);
    expect(slack.posted.length).toBe(posts().length);
  }, 60_000);

  it('of the last time a part is kept for the platform’s people', async () => {
    const end = new Date(NOW.getTime() + 2 * MINUTE);
    const timing = time.timing(end, MINUTE);
    slack.fault = (call) => (isPost(call) && call.values.channel !== '#platform' ? 'hang' : undefined);
    const both = slack.delivery(POLICY, { timing, startedAt: NOW });
    await both.notifyOwners(owners(40), ABOUT, QUIET);
    const summary = { runId: 'run', accountId: '1', isDryRun: false, problems: [], lines: ['hello'] };
    expect(await both.notifyPlatform(summary)).toBeUndefined();
    expect(minutes()).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('one bad channel stops nobody', () => {
  const bad =
    (code: string) =>
    (call: SlackCall): SlackFault | undefined =>
      isPost(call) && call.values.channel === '#team-3' ? { notOk: code } : undefined;

  it.each([
    'no_permission',
    'access_denied',
    'team_access_not_granted',
    'ekm_access_denied',
    'org_login_required',
    'enterprise_is_restricted',
  ])('that answers %s: the others are told, and its images go to the fallback', async (code) => {
    slack.fault = bad(code);
    const { delivered, problems } = await delivery(10).notifyOwners(owners(21), ABOUT, QUIET);
    expect(delivered).toHaveLength(21);
    expect(shownIn('C00FALLBACK')).toHaveLength(1);
    expect(problems).toEqual([`#team-3 could not be told, the fallback was: Slack says ${code}.`]);
    expect(slack.calls.filter(({ method }) => method === 'auth.test')).toHaveLength(1);
  });

  it('though others have to be tried again meanwhile', async () => {
    let failed = 0;
    slack.fault = (call) => {
      if (!isPost(call) || call.values.channel !== '#team-5' || failed === 4) return bad('access_denied')(call);
      failed += 1;
      return 'error-before';
    };
    const { delivered } = await delivery(10).notifyOwners(owners(21), ABOUT, QUIET);
    expect(delivered).toHaveLength(21);
    expect(shownIn('C00FALLBACK')).toHaveLength(1);
  });

  it('and it is asked about the token once, however many refuse', async () => {
    slack.fault = (call) =>
      isPost(call) && /^#team-\d$/.test(call.values.channel ?? '') ? { notOk: 'no_permission' } : undefined;
    const { delivered } = await delivery(10).notifyOwners(owners(21), ABOUT, QUIET);
    expect(delivered).toHaveLength(21);
    expect(shownIn('C00FALLBACK')).toHaveLength(10);
    expect(slack.calls.filter(({ method }) => method === 'auth.test')).toHaveLength(1);
  });

  it('though whose the trouble is can be said only later', async () => {
    let asked = 0;
    slack.fault = (call) => {
      if (call.method !== 'auth.test') return bad('access_denied')(call);
      asked += 1;
      return asked <= 3 ? 'error-before' : undefined;
    };
    const { delivered } = await delivery(10).notifyOwners(owners(21), ABOUT, QUIET);
    expect(delivered).toHaveLength(21);
    expect(shownIn('C00FALLBACK')).toHaveLength(1);
  });

  it('unless the token does not work at all', async () => {
    slack.fault = ({ method }) =>
      method === 'auth.test'
        ? { notOk: 'access_denied' }
        : method === 'chat.postMessage'
          ? { notOk: 'access_denied' }
          : undefined;
    const { delivered, undelivered } = await delivery(10).notifyOwners(owners(50), ABOUT, QUIET);
    expect([delivered.length, undelivered.length]).toEqual([0, 50]);
    expect(posts().length).toBeLessThan(10);
  });

  it('and where nobody can say whose the trouble is, its images are told in the next run', async () => {
    slack.fault = (call) => (call.method === 'auth.test' ? 'hang' : bad('access_denied')(call));
    const { delivered, undelivered } = await delivery(1.5).notifyOwners(owners(21), ABOUT, QUIET);
    expect([delivered.length, undelivered.length]).toEqual([20, 1]);
    expect(shownIn('C00FALLBACK')).toEqual([]);
    expect(minutes()).toBeLessThanOrEqual(1.5);
  }, 60_000);
});

describe('a fallback', () => {
  /** Tells of an image of nobody. */
  const tellFallback = (fallback: string) => {
    const policy = { ...POLICY, owners: { ...POLICY.owners, fallback } };
    const timing = time.timing(new Date(NOW.getTime() + MINUTE));
    return slack
      .delivery(policy, { timing, startedAt: NOW })
      .notifyOwners([itemsFor('nobody', [aNotice(1)])], ABOUT, QUIET);
  };

  it.each(['ann@example.com', '@ann', 'U00000ANN'])(
    'may be written in any way that an owner may: %s',
    async (written) => {
      slack.people.push({ id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' });
      await tellFallback(written);
      expect(slack.posted.map(({ channel }) => channel)).toEqual(['DU00000ANN']);
    },
  );

  it('whom Slack does not know is said to be so, and the platform channel is told', async () => {
    const { problems } = await tellFallback('gone@example.com');
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00PLATFORM']);
    expect(problems.join()).toMatch(/The fallback could not be told, the platform channel was: gone@example.com: /);
  });
});
