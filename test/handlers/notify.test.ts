import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from '../../src/handlers/notify.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { lambdaContext } from './invoke.ts';

vi.hoisted(() => vi.stubEnv('POWERTOOLS_DEV', 'true'));

const BUCKET = 'ami-janitor-reports';
const POLICY = `
version: 1
rules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d } }]
limits: { stopAbove: 100% }
notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform" } }
`;

let slack: SlackServer;
let sandbox: Sandbox;
let story: StoryAccount;
let imageId: string;
let log: string[];

beforeEach(async () => {
  slack = await new SlackServer().start();
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00000WEB', name: 'web' });
  story = new StoryAccount();
  imageId = story.image('old', { tags: { Owner: '#web' } });
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  await serve(POLICY);
  log = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void log.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  slack.close();
  await sandbox.close();
});

async function serve(policy: string): Promise<void> {
  const object = { body: Buffer.from(policy), eTag: '"1"', lastModified: new Date(), metadata: {} };
  story.state.buckets.set(BUCKET, new Map([['policy/ami-janitor.yml', object]]));
  sandbox = await startSandbox({ account: story.state, now: () => new Date() });
  const variables = {
    ...sandboxEnvironment(sandbox.url, story.state.region),
    REPORT_BUCKET: BUCKET,
    POLICY: `s3://${BUCKET}/policy/ami-janitor.yml`,
    SLACK_API_URL: slack.url,
    JANITOR_ENFORCE: 'true',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

const invoke = (mode: 'dry-run' | 'enforce') => handler({ mode }, lambdaContext());
const announcedAt = () =>
  story.state.images.get(imageId)?.Tags?.find(({ Key }) => Key === 'ami-janitor:announced-at')?.Value;

describe('the notifying function', () => {
  it('tells the owner, and writes down that it did', async () => {
    expect(await invoke('enforce')).toMatchObject({ announced: 1, untold: 0, messages: 1, problems: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00000WEB', 'C00PLATFORM']);
    expect(Date.parse(announcedAt() ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const written = sandbox.calls.entries.filter(({ operation }) => !/^(Describe|Get|List)/.test(operation));
    expect(written.map(({ operation }) => operation)).toEqual(['CreateTags']);
  });

  it('in a dry run tells the platform’s people alone, and writes nothing', async () => {
    expect(await invoke('dry-run')).toMatchObject({ announced: 0, messages: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00PLATFORM']);
    expect(announcedAt()).toBeUndefined();
  });

  it.each([
    ['is not there', () => story.state.parameters.delete('/ami-janitor/slack-token'), /slack-token could not be read/],
    [
      'is none',
      () => story.parameter('/ami-janitor/slack-token', ['hunter2'], { dataType: 'text' }),
      /is not a bot token/,
    ],
    ['was revoked', () => Object.assign(slack, { token: 'xoxb-another-one' }), /invalid_auth/],
  ])('fails where the token %s, never says it, and announces nothing', async (_, spoil, why) => {
    spoil();
    await expect(invoke('enforce')).rejects.toThrow(why);
    expect(announcedAt()).toBeUndefined();
    expect(log.join()).not.toMatch(/hunter2|xoxb-test/);
  });

  it('refuses where the deployment only reports', async () => {
    vi.stubEnv('JANITOR_ENFORCE', 'false');
    await expect(invoke('enforce')).rejects.toThrow(/only reports/);
    expect(slack.calls).toEqual([]);
  });
});
