import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webhookDelivery } from '../../src/notify/slack/webhook.ts';
import { ABOUT, aNotice, imageIdsIn, itemsFor, QUIET } from '../builders/notices.ts';
import { oneRule } from '../builders/policy.ts';
import { seededRandom } from '../builders/random.ts';
import { sweep } from '../builders/runs.ts';
import { AT_ONCE, type SlackCall, type SlackFault, SlackServer, textsIn } from './slack-server.ts';

const OWNERS = 120;
const IMAGES = 5000;
const POLICY = oneRule(
  'keep: { newest: 1 }, deprecate: {}, deregister: { after: 30d }',
  `notify: { slack: { token: "ssm:/x", channel: "#platform" } }
owners: { fallback: "#fallback", aliases: { "The Web Team": "#web", gone: "#archived" } }`,
);

let slack: SlackServer;
beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.channels.push(
    { id: 'C00PLATFORM', name: 'platform' },
    { id: 'C00FALLBACK', name: 'fallback' },
    { id: 'C00000WEB', name: 'web' },
    { id: 'C0ARCHIVED', name: 'archived', archived: true },
  );
  slack.people.push(
    { id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' },
    { id: 'U0000GONE', name: 'gone', mail: 'gone@example.com', deleted: true },
  );
});
afterEach(() => slack.close());

const delivery = (policy = POLICY) => slack.delivery(policy);

/** Where each image was shown, by image. */
function targetsOfImages(): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { channel, blocks } of slack.posted) {
    for (const text of textsIn(blocks)) {
      // Only the blocks of images begin with a name and go on with an id.
      for (const id of imageIdsIn(text)) places.set(id, [...(places.get(id) ?? []), channel]);
    }
  }
  return places;
}

/** Random, and the same each time. */
function tenPercent(seed: number): (call: SlackCall) => SlackFault | undefined {
  const faults: readonly SlackFault[] = [
    'rate-limit',
    'error-before',
    'error-after',
    'drop-before',
    'drop-after',
    'slow-after',
    { notOk: 'internal_error' },
  ];
  const random = seededRandom(seed);
  return () => (random() < 0.1 ? faults[Math.floor(random() * faults.length)] : undefined);
}

describe('5,000 images of 120 owners, while one call in ten fails', () => {
  it.each(sweep([1, 2, 3], 1))(
    'show every owner every image exactly once, and announce none that was not shown (%i)',
    async (seed) => {
      const owners = Array.from({ length: OWNERS }, (_, number) => `owner${number}@example.com`);
      owners.forEach((mail, number) => {
        slack.people.push({ id: `U${String(number).padStart(9, '0')}`, name: `owner${number}`, mail });
      });
      const owned = owners.map((mail, number) =>
        itemsFor(
          mail,
          Array.from({ length: IMAGES }, (_, image) => image)
            .filter((image) => image % OWNERS === number)
            .map((image) => aNotice(image)),
        ),
      );
      slack.fault = tenPercent(seed);
      const { delivered, undelivered, problems } = await delivery().notifyOwners(owned, ABOUT, QUIET);
      expect(slack.overLimits).toEqual([]);
      const places = targetsOfImages();
      for (const { items } of owned) {
        for (const item of items) {
          if (item.kind !== 'notice') continue;
          const number = Number.parseInt(item.notice.imageId.slice(4), 16);
          expect(places.get(item.notice.imageId), item.notice.imageId).toEqual([
            `DU${String(number % OWNERS).padStart(9, '0')}`,
          ]);
        }
      }
      expect(delivered).toHaveLength(IMAGES);
      expect(new Set(delivered).size).toBe(IMAGES);
      expect(undelivered).toEqual([]);
      expect(problems).toEqual([]);
      // One message an owner: what continues it stands in its thread.
      const starts = slack.posted.filter(({ threadTs }) => threadTs === undefined);
      expect(starts.map(({ channel }) => channel).sort()).toEqual(
        [...new Set(starts.map(({ channel }) => channel))].sort(),
      );
    },
    120_000,
  );

  it('announce nothing that was not shown, even where nearly every call fails', async () => {
    const owned = ['#web', 'ann@example.com'].map((owner, index) =>
      itemsFor(owner, [aNotice(index), aNotice(index + 10)]),
    );
    const random = tenPercent(7);
    let call = 0;
    slack.fault = (one) => {
      call += 1;
      return call % 5 === 0 ? undefined : (random(one) ?? (call % 2 === 0 ? 'drop-after' : 'error-before'));
    };
    const { delivered, undelivered } = await delivery().notifyOwners(owned, ABOUT, QUIET);
    const places = targetsOfImages();
    for (const item of delivered) if (item.kind === 'notice') expect(places.get(item.notice.imageId)).toHaveLength(1);
    for (const [, where] of places) expect(where).toHaveLength(1);
    expect(delivered.length + undelivered.length).toBe(4);
  }, 30_000);
});

describe('an owner', () => {
  const told = async (owner: string | undefined) => {
    const result = await delivery().notifyOwners([itemsFor(owner, [aNotice(1)])], ABOUT, QUIET);
    expect(result.delivered).toHaveLength(1);
    return slack.posted.map(({ channel }) => channel);
  };

  it.each([
    ['a mail address', 'ann@example.com', 'DU00000ANN'],
    ['a mail address in capitals, with spaces', ' Ann@Example.com ', 'DU00000ANN'],
    ['a name', '@ann', 'DU00000ANN'],
    ['a user id', 'U00000ANN', 'DU00000ANN'],
    ['a channel', '#web', 'C00000WEB'],
    ['a channel id', 'C00000WEB', 'C00000WEB'],
    ['a team name by its alias', 'the web team', 'C00000WEB'],
    ['a person who left', 'gone@example.com', 'C00FALLBACK'],
    ['a name of a person who left', '@gone', 'C00FALLBACK'],
    ['a mail address that nobody has', 'nobody@example.com', 'C00FALLBACK'],
    ['a team name without an alias', 'Platform', 'C00FALLBACK'],
    ['an archived channel', 'gone', 'C00FALLBACK'],
    ['a channel that is not there', '#nowhere', 'C00FALLBACK'],
    ['everybody', '@channel', 'C00FALLBACK'],
    ['everybody, in Slack’s own words', '<!here>', 'C00FALLBACK'],
    ['an emoji', '🦄', 'C00FALLBACK'],
    ['256 characters', 'x'.repeat(256), 'C00FALLBACK'],
    ['a name that objects have', '__proto__', 'C00FALLBACK'],
    ['none', undefined, 'C00FALLBACK'],
  ])('that is %s is told in the right place', async (_, owner, channel) => {
    expect(await told(owner)).toEqual([channel]);
  });

  it('gets one message, whatever the owner tags are called by', async () => {
    const owned = ['ann@example.com', '@ann', 'U00000ANN'].map((owner, index) => itemsFor(owner, [aNotice(index)]));
    await delivery().notifyOwners(owned, ABOUT, QUIET);
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['DU00000ANN']);
    expect(targetsOfImages().size).toBe(3);
  });

  it('who cannot be reached harms no other', async () => {
    slack.fault = ({ method, values }) =>
      method === 'chat.postMessage' && values.channel === '#web' ? 'error-before' : undefined;
    const owned = [itemsFor('#web', [aNotice(1)]), itemsFor('@ann', [aNotice(2)])];
    const { delivered, undelivered, problems } = await delivery().notifyOwners(owned, ABOUT, QUIET);
    expect(delivered).toHaveLength(1);
    expect(undelivered).toHaveLength(1);
    expect(problems.join()).toMatch(
      /#web could not be told, and is told in the next run: Slack answered with status 503/,
    );
  });

  it('is not told twice where it can’t be told whether the message came through', async () => {
    slack.fault = ({ method }) =>
      method === 'chat.postMessage'
        ? 'error-after'
        : method === 'conversations.history'
          ? { notOk: 'missing_scope' }
          : undefined;
    const { delivered, undelivered } = await delivery().notifyOwners([itemsFor('#web', [aNotice(1)])], ABOUT, QUIET);
    expect(slack.posted).toHaveLength(1);
    expect(delivered).toEqual([]);
    expect(undelivered).toHaveLength(1);
  });

  it('is waited for as long as Slack says', async () => {
    const waited: number[] = [];
    let limited = 0;
    slack.fault = ({ method }) => {
      if (method !== 'chat.postMessage' || limited >= 2) return undefined;
      limited += 1;
      return 'rate-limit';
    };
    const patient = slack.delivery(POLICY, {
      timing: { ...AT_ONCE, sleep: async (milliseconds) => void waited.push(milliseconds) },
    });
    await patient.notifyOwners([itemsFor('#web', [aNotice(1)])], ABOUT, QUIET);
    expect(waited).toEqual([1000, 1000]);
    expect(slack.posted).toHaveLength(1);
  });
});

it('a revoked token ends the telling at once, and announces nothing', async () => {
  const revoked = slack.delivery(POLICY, { token: 'xoxb-revoked' });
  const owned = Array.from({ length: 50 }, (_, number) => itemsFor(`#web${number}`, [aNotice(number)]));
  const { delivered, undelivered, problems } = await revoked.notifyOwners(owned, ABOUT, QUIET);
  expect(delivered).toEqual([]);
  expect(undelivered).toHaveLength(50);
  expect(problems.join()).toContain('Slack says invalid_auth');
  expect(slack.calls.length).toBeLessThan(10);
});

describe('an incoming webhook', () => {
  const tell = () =>
    webhookDelivery(slack.webhook, AT_ONCE).notifyOwners([itemsFor('#web', [aNotice(1)])], ABOUT, QUIET);

  it('shows every image', async () => {
    expect((await tell()).delivered).toHaveLength(1);
    expect(slack.posted).toHaveLength(1);
  });
  it('tells of a failed run', async () => {
    const failed = { requestId: '1', functionName: 'deregister', accountId: '1', region: 'eu-west-1', why: ['denied'] };
    expect(await webhookDelivery(slack.webhook, AT_ONCE).notifyFailure(failed)).toBeUndefined();
    expect(textsIn(slack.posted[0]?.blocks)).toEqual([
      'deregister failed in account 1',
      ':warning: denied',
      'Request `1` in the function’s log · `eu-west-1`',
    ]);
  });
  it('waits where Slack limits the rate, and sends once', async () => {
    slack.fault = ({ number }) => (number < 3 ? 'rate-limit' : undefined);
    expect((await tell()).delivered).toHaveLength(1);
    expect(slack.posted).toHaveLength(1);
  });
  it.each<SlackFault>(['error-after', 'drop-after', 'slow-after', 'error-before'])(
    'never sends twice where the answer is missing (%s)',
    async (fault) => {
      slack.fault = () => fault;
      const { delivered, undelivered } = await tell();
      expect(delivered).toEqual([]);
      expect(undelivered).toHaveLength(1);
      expect(slack.calls).toHaveLength(1);
    },
  );
});
