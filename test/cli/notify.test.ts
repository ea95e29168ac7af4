import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../sandbox/server.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { janitor } from './command-line.ts';

const RULES =
  'rules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d } }]';
const POLICY = `version: 1
${RULES}
limits: { stopAbove: 100% }
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform" } }
`;

let slack: SlackServer;
let sandbox: Sandbox;
let imageId: string;
const policy = join(temporaryFolder(), 'policy.yml');

beforeAll(async () => {
  slack = await new SlackServer().start();
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00000WEB', name: 'web' });
  vi.stubEnv('SLACK_API_URL', slack.url);
});
afterAll(() => slack.close());

beforeEach(async () => {
  slack.posted.length = 0;
  await writeFile(policy, POLICY);
  const story = new StoryAccount();
  imageId = story.image('old', { tags: { Owner: '#web' } });
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  sandbox = await serve({ account: story.state, now: () => new Date() });
  return () => sandbox.close();
});

const announcedAt = () =>
  sandbox.state.images.get(imageId)?.Tags?.find(({ Key }) => Key === 'ami-janitor:announced-at')?.Value;

it('prints the messages, and sends none', async () => {
  const { exitCode, stdout } = await janitor('notify', '--policy', policy);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    new RegExp(
      `^To #web: 1 image to be retired, in account 123456789012\\n- old \\(${imageId}, eu-west-1, up to \\$0.40 a month\\)`,
    ),
  );
  expect(slack.calls).toEqual([]);
  expect(announcedAt()).toBeUndefined();
});

it('prints Block Kit’s JSON', async () => {
  const { stdout } = await janitor('notify', '--policy', policy, '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject([{ owner: '#web', messages: [{ blocks: [{ type: 'header' }, {}, {}] }] }]);
});

it('shows to whom they go by aliases and fallback, all of one recipient together', async () => {
  const owners = 'owners: { fallback: "#ops", aliases: { "Web Team": "#web" } }';
  await writeFile(policy, `${POLICY}${owners}\n`);
  const story = new StoryAccount();
  for (const Owner of ['#Web', 'web team', 'nobody we know', 'S00000000GRP', '#ops'])
    story.image(Owner, { tags: { Owner } });
  story.image('of nobody');
  const own = await serve({ account: story.state, now: () => new Date() });
  try {
    const { stdout } = await janitor('notify', '--policy', policy, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        to: '#Web',
        owner: null,
        owners: ['#Web', 'web team'],
        messages: [{ text: expect.stringMatching(/^2 images/) }],
      },
      {
        to: '#ops',
        owners: ['nobody we know', 'S00000000GRP', '#ops', null],
        messages: [{ text: expect.stringMatching(/^4 images/) }],
      },
    ]);
    const text = (await janitor('notify', '--policy', policy)).stdout;
    expect(text.match(/^To #.*?:/gm)).toEqual(['To #Web:', 'To #ops:']);
    expect(text).toContain('Why you: the tag Owner leads to you, by several values.');
    expect(text).toContain('Why you: the tag Owner is missing, or leads to nobody else.');
  } finally {
    await own.close();
  }
});

it('prints one message alone for the Block Kit Builder', async () => {
  const { stdout } = await janitor('notify', '--policy', policy, '--block-kit', '1');
  expect(JSON.parse(stdout)).toEqual({
    blocks: [expect.objectContaining({ type: 'header' }), expect.anything(), expect.anything()],
  });
  expect(await janitor('notify', '--policy', policy, '--block-kit', '2')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('there is 1 message for Slack'),
  });
});

it('sends them with --enforce, and writes down whom it told', async () => {
  const { exitCode, stdout, stderr } = await janitor('notify', '--policy', policy, '--enforce', '--yes');
  expect([exitCode, stdout, stderr]).toEqual([0, '', expect.stringContaining('1 images announced in 1 messages')]);
  expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00000WEB', 'C00PLATFORM']);
  expect(announcedAt()).toBeDefined();
});

it('asks before it sends, and needs somebody to answer', async () => {
  expect(await janitor('notify', '--policy', policy, '--enforce')).toMatchObject({ exitCode: 2 });
});

it('a run that acts tells owners afterwards', async () => {
  expect(await janitor('run', '--policy', policy, '--enforce', '--yes')).toMatchObject({ exitCode: 0 });
  expect(sandbox.state.images.has(imageId)).toBe(true);
  expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00000WEB', 'C00PLATFORM']);
});

it('a policy without a notify section has nobody to tell', async () => {
  await writeFile(policy, `version: 1\n${RULES}\n`);
  const { exitCode, stderr } = await janitor('notify', '--policy', policy);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('has no "notify" section')]);
});
