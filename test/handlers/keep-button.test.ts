import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler } from '../../src/handlers/keep-button.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { keepLog } from '../builders/silence-console.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { bodyOf, eventOf, type Pressing, SECRET, signed } from './interactions.ts';

const BUCKET = 'ami-janitor-reports';
const POLICY = `
version: 1
rules: []
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform", signingSecret: "ssm:/ami-janitor/signing" } }
owners: { aliases: { web: "#web" }, platformGroup: [S0PLATFORM] }
`;

let slack: SlackServer;
let sandbox: Sandbox;
let log: string[];
let ids: { ann: string; web: string; nobody: string; kept: string; forEver: string };

beforeAll(async () => {
  slack = await new SlackServer().start();
  const story = new StoryAccount();
  ids = {
    ann: story.image('of ann', { tags: { Owner: 'ann@example.com' } }),
    web: story.image('of the web team', { tags: { Owner: 'web' } }),
    nobody: story.image('of nobody'),
    kept: story.image('kept longer', { tags: { Owner: 'ann@example.com', 'ami-janitor:keep': '2030-01-01' } }),
    forEver: story.image('kept for ever', { tags: { Owner: 'ann@example.com', 'ami-janitor:keep': 'true' } }),
  };
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  story.parameter('/ami-janitor/signing', [SECRET], { dataType: 'text' });
  const variables = { ...storePolicy(story.state, POLICY), SLACK_API_URL: slack.url };
  sandbox = await serve({ account: story.state, now: () => NOW }, variables);
});
afterAll(async () => {
  slack.close();
  await sandbox.close();
});

beforeEach(() => {
  slack.beginAnew(
    [
      { id: 'U00000ANN', name: 'ann', mail: 'ann@example.com' },
      { id: 'U00000BOB', name: 'bob' },
    ],
    [
      { id: 'C00PLATFORM', name: 'platform', members: ['U0000PLAT'] },
      { id: 'C00000WEB', name: 'web', members: ['U00000BOB'] },
    ],
  );
  slack.groups.set('S0PLATFORM', ['U00000OPS']);
  minutesLater();
  log = keepLog();
});
afterEach(() => vi.restoreAllMocks());

type PressOptions = Partial<Pressing> & { readonly at?: number };

const bodyFor = ({ at: _, ...given }: PressOptions) =>
  bodyOf({ by: 'U00000ANN', on: [ids.ann], responseUrl: slack.responseUrl, ...given });
const press = (options: PressOptions = {}) => handler(signed(bodyFor(options), options.at));
const keepOf = (id: string) => sandbox.state.images.get(id)?.Tags?.find(({ Key }) => Key === 'ami-janitor:keep')?.Value;
const removeKeep = (id: string) => {
  const image = sandbox.state.images.get(id);
  if (image) image.Tags = (image.Tags ?? []).filter(({ Key }) => Key !== 'ami-janitor:keep');
};
/** Presses of the last minutes count together, whatever people do to the tag meanwhile: these are longer ago. */
const minutesLater = () => {
  for (const key of audit()) sandbox.state.buckets.get(BUCKET)?.delete(key);
};
const audit = () => [...(sandbox.state.buckets.get(BUCKET)?.keys() ?? [])].filter((key) => key.startsWith('audit/'));
const writes = () => sandbox.calls.entries.filter(({ operation }) => /^(CreateTags|PutObject)$/.test(operation)).length;

describe('a press by the owner', () => {
  it('keeps the image, shows in the message who did it, and is recorded', async () => {
    const before = audit().length;
    expect(await press()).toEqual({ statusCode: 200, body: '' });
    expect(keepOf(ids.ann)).toBe('2026-12-21');
    expect(JSON.stringify(slack.changed)).toContain(`<@U00000ANN> keeps ${ids.ann} until 2026-12-21`);
    // One object before the press had an effect, and one after it.
    expect(audit()).toHaveLength(before + 2);
    const key = audit().find((one) => !one.endsWith('.done.json')) ?? '';
    expect(audit()).toContain(key.replace(/json$/, 'done.json'));
    const record = sandbox.state.buckets.get(BUCKET)?.get(key)?.body ?? [];
    expect(JSON.parse(Buffer.from(record).toString())).toMatchObject({
      action: 'keep',
      slackUserId: 'U00000ANN',
      until: '2026-12-21',
      images: [{ region: 'eu-west-1', imageId: ids.ann, owner: 'ann@example.com' }],
    });
  });

  it('twice is the same as once', async () => {
    await press();
    const tags = sandbox.state.images.get(ids.ann)?.Tags;
    await press();
    expect(sandbox.state.images.get(ids.ann)?.Tags).toEqual(tags);
  });

  it('never shortens what people asked for', async () => {
    await press({ button: 'keep-90d' });
    expect(keepOf(ids.ann)).toBe('2027-02-19');
    await press();
    await press({ on: [ids.kept, ids.forEver] });
    expect([ids.ann, ids.kept, ids.forEver].map(keepOf)).toEqual(['2027-02-19', '2030-01-01', 'true']);
  });

  it('of “Not mine” tells the platform’s people, and touches no image', async () => {
    removeKeep(ids.ann);
    expect(await press({ button: 'not-mine' })).toMatchObject({ statusCode: 200 });
    expect(keepOf(ids.ann)).toBeUndefined();
    expect(slack.posted.map(({ channel, text }) => [channel, text])).toEqual([
      ['C00PLATFORM', expect.stringContaining(`are not theirs: ${ids.ann}`)],
    ]);
  });
});

describe('who may press', () => {
  it.each([
    ['the owner’s channel’s member', 'U00000BOB', () => ids.web],
    ['the platform group, on an owner’s', 'U00000OPS', () => ids.ann],
    ['the platform group, on nobody’s', 'U00000OPS', () => ids.nobody],
    ['the platform channel’s member, on nobody’s', 'U0000PLAT', () => ids.nobody],
  ])('%s may', async (_, by, id) => {
    removeKeep(id());
    expect(await press({ by, on: [id()] })).toEqual({ statusCode: 200, body: '' });
    expect(keepOf(id())).toBe('2026-12-21');
  });

  it.each([
    ['somebody else', 'U0STRANGER', () => ids.ann],
    ['another owner', 'U00000BOB', () => ids.ann],
    ['a member of the fallback channel, on an owner’s', 'U0000PLAT', () => ids.ann],
    ['the owner of another, on nobody’s', 'U00000ANN', () => ids.nobody],
  ])('%s may not, and learns nothing', async (_, by, id) => {
    removeKeep(id());
    const before = writes();
    expect(await press({ by, on: [id()] })).toEqual({ statusCode: 403, body: '' });
    expect(keepOf(id())).toBeUndefined();
    expect(writes()).toBe(before);
    expect(slack.changed).toEqual([]);
  });

  it('keeps of several images those that the person may speak for', async () => {
    removeKeep(ids.ann);
    removeKeep(ids.web);
    expect(await press({ on: [ids.ann, ids.web] })).toMatchObject({ statusCode: 200 });
    expect([keepOf(ids.ann), keepOf(ids.web)]).toEqual(['2026-12-21', undefined]);
  });
});

describe('a call is refused without effect and without a word', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const refusals: [string, () => LambdaFunctionURLEvent][] = [
    ['signed with another secret', () => signed(bodyFor({}), now(), 'another')],
    [
      'changed after it was signed',
      () => ({ ...signed(bodyFor({})), body: Buffer.from(bodyFor({ button: 'keep-90d' })).toString('base64') }),
    ],
    ['six minutes old', () => signed(bodyFor({}), now() - 360)],
    ['from the future', () => signed(bodyFor({}), now() + 360)],
    ['without a signature', () => eventOf(bodyFor({}), { 'x-slack-request-timestamp': String(now()) })],
    [
      'with a signature that is none',
      () => eventOf(bodyFor({}), { 'x-slack-signature': 'v0=12', 'x-slack-request-timestamp': String(now()) }),
    ],
    [
      'with a time that is none',
      () => eventOf(bodyFor({}), { 'x-slack-signature': `v0=${'0'.repeat(64)}`, 'x-slack-request-timestamp': 'now' }),
    ],
    ['without a body', () => signed('')],
    ['with a payload that is no JSON', () => signed('payload=%7B')],
    ['with a payload that is no press', () => signed(`payload=${encodeURIComponent('{"type":"view_submission"}')}`)],
    ['with a button that is none', () => signed(bodyFor({ button: 'delete-now' }))],
    ['on an image of another account', () => signed(bodyFor({ account: '999999999999' }))],
    ['larger than any of Slack’s', () => signed(bodyFor({ text: 'x'.repeat(1_000_000) }))],
    ['on something that is no image', () => signed(bodyFor({ on: ['ami-xyz'] }))],
  ];
  it.each(refusals)('%s', async (_, event) => {
    const before = [writes(), JSON.stringify([...sandbox.state.images])];
    expect(await handler(event())).toEqual({ statusCode: 403, body: '' });
    expect([writes(), JSON.stringify([...sandbox.state.images])]).toEqual(before);
    expect(slack.changed).toEqual([]);
    expect(log.join()).not.toContain(SECRET);
  });

  it('that came before', async () => {
    const event = signed(bodyFor({ by: 'U00000OPS', on: [ids.web] }));
    expect(await handler(event)).toMatchObject({ statusCode: 200 });
    removeKeep(ids.web);
    expect(await handler(event)).toEqual({ statusCode: 403, body: '' });
    expect(keepOf(ids.web)).toBeUndefined();
  });
});

it('answers within three seconds though Slack does not answer at all', async () => {
  slack.fault = () => 'slow-after';
  const started = performance.now();
  expect(await press()).toMatchObject({ body: '' });
  expect(performance.now() - started).toBeLessThan(3000);
});
