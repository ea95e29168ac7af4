import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler } from '../../src/handlers/keep-button.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { keepLog } from '../builders/silence-console.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { bodyOf, type Pressing, SECRET, signed } from './interactions.ts';

const ANN = 'U00000ANN';

let slack: SlackServer;
let sandbox: Sandbox;
let story: StoryAccount;
let image: string;
let log: string[];
let intercept: (call: Call) => Fault | undefined;
let fallback: string;

beforeAll(async () => {
  slack = await new SlackServer().start();
});
afterAll(() => slack.close());

beforeEach(async () => {
  intercept = () => undefined;
  story = new StoryAccount();
  image = story.image('of ann', { tags: { Owner: 'ann@example.com' } });
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  story.parameter('/ami-janitor/signing', [SECRET], { dataType: 'text' });
  fallback = '#fallback';
  const variables = { ...writePolicy(), SLACK_API_URL: slack.url };
  sandbox = await serve({ account: story.state, now: () => NOW, intercept: (call) => intercept(call) }, variables);
  slack.beginAnew(
    [
      { id: ANN, name: 'ann', mail: 'ann@example.com' },
      { id: 'U00000BOB', name: 'bob', mail: 'bob@example.com' },
    ],
    [
      { id: 'C00PLATFORM', name: 'platform', members: ['U0000PLAT'] },
      { id: 'C00FALLBACK', name: 'fallback', members: ['U00000BOB'] },
      { id: 'C0ARCHIVED', name: 'archived', archived: true, members: [ANN] },
    ],
  );
  log = keepLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await sandbox.close();
});

function writePolicy(): Record<string, string> {
  const text = `version: 1
rules: []
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform", signingSecret: "ssm:/ami-janitor/signing" } }
owners: { fallback: "${fallback}", aliases: { attic: "#archived" } }
`;
  return storePolicy(story.state, text);
}

const call = (options: Partial<Pressing> = {}) =>
  signed(bodyOf({ by: ANN, on: [image], responseUrl: slack.responseUrl, ...options }));
const press = (options: Partial<Pressing> = {}) => handler(call(options));
const keepOf = (id = image) => story.state.images.get(id)?.Tags?.find(({ Key }) => Key === 'ami-janitor:keep')?.Value;
const setKeep = (Value: string, id = image) => {
  const found = story.state.images.get(id);
  if (found) found.Tags = [...(found.Tags ?? []), { Key: 'ami-janitor:keep', Value }];
};
const writes = () => sandbox.calls.entries.filter(({ operation }) => /^(CreateTags|PutObject)$/.test(operation)).length;
const answered = () => JSON.stringify(slack.changed);
const sets = ({ operation, input }: Call, value: string) =>
  operation === 'CreateTags' && JSON.stringify(input).includes(value);

describe('keep never shortens', () => {
  it('90 and 30 days pressed together give 90, whichever is written last', async () => {
    const { promise: held, resolve: cancelUnusedShares } = Promise.withResolvers<void>();
    const about = new Promise<void>((resolve) => {
      intercept = (one) => {
        if (!sets(one, '2026-12-21')) return undefined;
        resolve();
        return { before: () => held };
      };
    });
    const short = press({ button: 'keep-30d' });
    await about;
    expect(await press({ button: 'keep-90d' })).toMatchObject({ statusCode: 200 });
    cancelUnusedShares();
    expect(await short).toMatchObject({ statusCode: 200 });
    expect(keepOf()).toBe('2027-02-19');
  });

  it('a press that answered that it failed does nothing afterwards', async () => {
    const { promise: held, resolve: cancelUnusedShares } = Promise.withResolvers<void>();
    let reads = 0;
    intercept = ({ operation }) => {
      if (operation !== 'DescribeImages') return undefined;
      reads += 1;
      return reads === 1 ? { before: () => held } : undefined;
    };
    expect(await press({ button: 'keep-30d' })).toEqual({ statusCode: 500, body: '' });
    expect(await press({ button: 'keep-90d' })).toMatchObject({ statusCode: 200 });
    const before = writes();
    cancelUnusedShares();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([writes(), keepOf()]).toEqual([before, '2027-02-19']);
  });

  it('nor where it was at work already when the answer was due', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    let reads = 0;
    intercept = ({ operation }) => {
      if (operation === 'DescribeImages') reads += 1;
      // The second time it is read right before its tag is set.
      return operation === 'DescribeImages' && reads === 2 ? { before: () => held } : undefined;
    };
    expect(await press()).toEqual({ statusCode: 500, body: '' });
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(keepOf()).toBeUndefined();
  });

  it.each([
    'true',
    ' TRUE ',
    'forever',
    'until further notice',
    '2026-02-30',
    '2026-12-01 or so',
    '20261201',
    '',
    '2030-01-01',
    '2027-01-01T00:00:00+14:00',
  ])('what keeps longer by the policy’s own reading stays: %s', async (value) => {
    setKeep(value);
    expect(await press()).toMatchObject({ statusCode: 200 });
    expect(keepOf()).toBe(value);
    expect(answered()).toContain('already');
    expect(answered()).not.toContain('until 2026-12-21');
  });

  it('a longer wish that a person wrote meanwhile is seen again', async () => {
    intercept = ({ operation }) =>
      operation === 'PutObject' && keepOf() === undefined ? { after: () => setKeep('2031-05-01') } : undefined;
    await press();
    expect(keepOf()).toBe('2031-05-01');
  });
});

describe('answers are true', () => {
  it('“Not mine” that nobody heard is no success, and may be pressed again', async () => {
    slack.fault = ({ method }) => (method === 'chat.postMessage' ? { notOk: 'is_archived' } : undefined);
    const event = call({ button: 'not-mine' });
    expect(await handler(event)).toEqual({ statusCode: 500, body: '' });
    expect(answered()).toContain('The platform channel could not be told');
    slack.fault = () => undefined;
    expect(await handler(event)).toMatchObject({ statusCode: 200 });
    expect(slack.posted).toHaveLength(1);
    expect(await handler(event)).toMatchObject({ statusCode: 403 });
    expect(slack.posted).toHaveLength(1);
  });

  it.each(['error-before', 'hang'] as const)(
    'a tag that stands is success, though the message can’t be changed (%s)',
    async (fault) => {
      slack.fault = ({ method }) => (method === '/response' ? fault : undefined);
      expect(await press()).toEqual({ statusCode: 200, body: '' });
      expect(keepOf()).toBe('2026-12-21');
      expect(log.join()).toContain('the message could not be changed');
    },
  );

  it('a tag that stands is success, though that it is done could not be recorded', async () => {
    intercept = ({ operation, input }) =>
      operation === 'PutObject' && JSON.stringify(input).includes('.done.json') ? { kind: 'access-denied' } : undefined;
    expect(await press()).toEqual({ statusCode: 200, body: '' });
    expect(answered()).toContain(`<@${ANN}> keeps ${image} until 2026-12-21`);
    expect(log.join()).toContain('that it is done could not be recorded');
  });

  it('the same call may come again where the tag could not be set, and not once it was', async () => {
    intercept = ({ operation }) => (operation === 'CreateTags' ? { kind: 'access-denied' } : undefined);
    const event = call();
    expect(await handler(event)).toEqual({ statusCode: 500, body: '' });
    expect(answered()).toContain('Please press again');
    intercept = () => undefined;
    expect(await handler(event)).toEqual({ statusCode: 200, body: '' });
    expect(keepOf()).toBe('2026-12-21');
    expect(await handler(event)).toEqual({ statusCode: 403, body: '' });
  });

  it.each([
    [['ami-0123456789abcdef0'], 'The image ami-0123456789abcdef0 is gone'],
    [['ami-0123456789abcdef0', 'ami-0123456789abcdef1'], 'All 2 images are gone'],
  ])('of images that are gone the person hears that they are: %s', async (on, sentence) => {
    expect(await press({ on })).toEqual({ statusCode: 200, body: '' });
    expect(answered()).toContain(sentence);
    expect(slack.changed).toMatchObject([{ response_type: 'ephemeral', replace_original: false }]);
    expect(writes()).toBe(0);
  });

  it('what is kept for ever is said to be, and what was set is said too', async () => {
    const other = story.image('kept', { tags: { Owner: 'ann@example.com', 'ami-janitor:keep': 'True' } });
    await press({ on: [image, other] });
    expect(answered()).toContain(`<@${ANN}> keeps ${image} until 2026-12-21; ${other} is kept for ever already`);
  });
});

describe('who is told may press', () => {
  it.each(['bob@example.com', '@bob', 'U00000BOB', '#fallback', 'C00FALLBACK'])(
    'the fallback, written as %s, for images of nobody',
    async (written) => {
      fallback = written;
      writePolicy();
      const nobodys = story.image('of nobody');
      expect(await press({ by: 'U00000BOB', on: [nobodys] })).toMatchObject({ statusCode: 200 });
      expect(await press({ by: 'U0000PLAT', on: [nobodys] })).toMatchObject({ statusCode: 403 });
    },
  );

  it.each(['#archived', 'attic', '#nowhere'])('the fallback, where the owner %s could not be told', async (Owner) => {
    const id = story.image('of an old team', { tags: { Owner } });
    const by = 'U00000BOB';
    expect(await press({ by, on: [id], channel: 'C00000WEB' })).toMatchObject({ statusCode: 403 });
    expect(await press({ by, on: [id], channel: 'C00FALLBACK' })).toMatchObject({ statusCode: 200 });
  });
});
