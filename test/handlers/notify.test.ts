import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler } from '../../src/handlers/notify.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { keepLog } from '../builders/silence-console.ts';
import { SlackServer, textsIn } from '../notify/slack-server.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { lambdaContext } from './invoke.ts';

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
  await start(POLICY);
  log = keepLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  slack.close();
  await sandbox.close();
});

async function start(policy: string, intercept: (call: Call) => Fault | undefined = () => undefined): Promise<void> {
  story.state.buckets.delete(BUCKET);
  const variables = { ...storePolicy(story.state, policy), SLACK_API_URL: slack.url, JANITOR_ENFORCE: 'true' };
  sandbox = await serve({ account: story.state, now: () => new Date(), intercept }, variables);
}

const invoke = (mode: 'dry-run' | 'enforce') => handler({ mode }, lambdaContext());
const announcedAt = () =>
  story.state.images.get(imageId)?.Tags?.find(({ Key }) => Key === 'ami-janitor:announced-at')?.Value;

describe('the notifying function', () => {
  it('has nothing to do where the policy names nobody to tell, and raises no alarm each day', async () => {
    await sandbox.close();
    await start(POLICY.replace(/^notify:.*$/m, ''));
    for (const mode of ['dry-run', 'enforce'] as const)
      expect(await invoke(mode)).toMatchObject({ mode, announced: 0, untold: 0, messages: 0, problems: 0 });
    expect(log.join()).toMatch(/no \\?"notify\\?" section: nobody is told/);
    expect(sandbox.calls.entries.map(({ operation }) => operation)).toEqual(['GetObject', 'GetObject']);
    expect(slack.calls).toEqual([]);
  });

  it('tells the owner, and writes down that it did', async () => {
    expect(await invoke('enforce')).toMatchObject({ announced: 1, untold: 0, messages: 1, problems: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00000WEB', 'C00PLATFORM']);
    expect(Date.parse(announcedAt() ?? '')).toBeGreaterThan(Date.now() - 60_000);
    const written = sandbox.calls.entries.filter(({ operation }) => !/^(Describe|Get|List)/.test(operation));
    // That telling begins; the journal, which is what counts; the tag, for people; that telling is over.
    expect(written.map(({ operation }) => operation)).toEqual(['PutObject', 'PutObject', 'CreateTags', 'PutObject']);
  });

  it('tells nothing twice where it was ended before it could write down what it had told', async () => {
    await sandbox.close();
    let isEnded = false;
    await start(POLICY, ({ operation, input }) => {
      isEnded ||= operation === 'PutObject' && JSON.stringify(input).includes('journal/');
      return isEnded && /^(PutObject|CreateTags)$/.test(operation) ? { kind: 'access-denied' } : undefined;
    });
    await expect(invoke('enforce')).rejects.toThrow(/could not be recorded/);
    const toOwner = () => slack.posted.filter(({ channel }) => channel === 'C00000WEB').length;
    expect([toOwner(), announcedAt()]).toEqual([1, undefined]);
    const bucket = story.state.buckets.get(BUCKET);
    await sandbox.close();
    await start(POLICY);
    if (bucket) story.state.buckets.set(BUCKET, bucket);
    expect(await invoke('enforce')).toMatchObject({ announced: 1, messages: 0, problems: 0 });
    expect(toOwner()).toBe(1);
    expect(announcedAt()).toBeDefined();
  });

  const CONSOLE = 'https://eu-west-1.console.aws.amazon.com/s3';
  it.each([
    [
      'S3’s console',
      '',
      `${CONSOLE}/object/${BUCKET}?region=eu-west-1&amp;prefix=latest/ACCOUNT/eu-west-1/report.html`,
    ],
    ['another place', 'https://ami.example.com/', 'https://ami.example.com/latest/ACCOUNT/eu-west-1/report.html'],
  ])('links to the newest report in %s, for owners and for the platform’s people', async (_, base, address) => {
    vi.stubEnv('REPORT_BASE_URL', base);
    await invoke('enforce');
    expect(slack.posted).toHaveLength(2);
    const link = `<${address.replace('ACCOUNT', story.state.accountId)}|open it>`;
    for (const { blocks } of slack.posted) expect(textsIn(blocks).join()).toContain(link);
  });

  it('in a dry run tells the platform’s people alone, and writes nothing', async () => {
    expect(await invoke('dry-run')).toMatchObject({ announced: 0, messages: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00PLATFORM']);
    expect(announcedAt()).toBeUndefined();
    expect(sandbox.calls.entries.filter(({ operation }) => operation === 'PutObject')).toEqual([]);
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

describe('a run that failed', () => {
  const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:ami-janitor-prod-deregister';
  const SAID = 'eu-west-1: 1 of 3 actions failed <!here> | us-east-1: could not be read, so nothing is due: instances';
  const record = (over: object = {}) => ({
    version: '1.0',
    timestamp: '2026-11-21T08:00:00.000Z',
    requestContext: {
      requestId: '3f6e0c1e-0000-4000-8000-000000000000',
      functionArn: `${FUNCTION}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    requestPayload: { mode: 'enforce', regions: ['eu-west-1', 'us-east-1'] },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'RunFailedError', errorMessage: SAID, trace: ['at somewhere'] },
    ...over,
  });
  const tell = (message: unknown) =>
    handler(
      {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            Sns: { Message: typeof message === 'string' ? message : JSON.stringify(message), TopicArn: 'arn:…' },
          },
        ],
      },
      lambdaContext(),
    );

  it.each(['true', 'false'])(
    'is told to the platform’s people alone, and nothing else is done (%s)',
    async (enforce) => {
      vi.stubEnv('JANITOR_ENFORCE', enforce);
      expect(await tell(record())).toEqual({ told: 1 });
      expect(slack.posted.map(({ channel }) => channel)).toEqual(['C00PLATFORM']);
      const shown = textsIn(slack.posted[0]?.blocks).join('\n');
      expect(shown).toContain('ami-janitor-prod-deregister failed in account 123456789012');
      expect(shown).toContain(
        ':warning: eu-west-1: 1 of 3 actions failed &lt;!here&gt;\n:warning: us-east-1: could not',
      );
      expect(shown).not.toContain('at somewhere');
      expect(sandbox.calls.entries.map(({ operation }) => operation).sort()).toEqual(['GetObject', 'GetParameter']);
      expect(announcedAt()).toBeUndefined();
    },
  );

  it.each([
    ['never began', { requestContext: { ...record().requestContext, condition: 'EventAgeExceeded' } }, /never began/],
    ['said nothing', {}, /without a word/],
    ['said something else', { responsePayload: 'Killed' }, /without a word/],
  ])('is told where it %s', async (_, over, why) => {
    expect(await tell(record({ responsePayload: undefined, ...over }))).toEqual({ told: 1 });
    expect(textsIn(slack.posted[0]?.blocks).join()).toMatch(why);
  });

  it('is in the log where the policy names nobody to tell', async () => {
    await sandbox.close();
    await start(POLICY.replace(/^notify:.*$/m, ''));
    expect(await tell(record())).toEqual({ told: 0 });
    expect(slack.calls).toEqual([]);
    expect(log.join()).toMatch(/nobody is told.*ami-janitor-prod-deregister/s);
  });

  it('makes the telling fail where Slack does not take it', async () => {
    slack.channels.splice(0);
    await expect(tell(record())).rejects.toThrow(/platform channel could not be told.*channel_not_found/);
  });

  it.each([
    ['no JSON', 'hello', /is not JSON/],
    ['another service’s words', { detail: {} }, /requestContext/],
    [
      'no function',
      record({ requestContext: { ...record().requestContext, functionArn: 'arn:aws:s3:::x' } }),
      /must be the ARN of a function/,
    ],
    ['a request for a run', { mode: 'enforce' }, /requestContext/],
  ])('is refused where it is %s, and nobody is told', async (_, message, why) => {
    await expect(tell(message)).rejects.toThrow(why);
    expect(slack.calls).toEqual([]);
  });

  it('does not come from elsewhere than a topic', async () => {
    await expect(handler({ Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, lambdaContext())).rejects.toThrow(
      /The event is not valid/,
    );
    await expect(handler({ Records: [], mode: 'enforce' }, lambdaContext())).rejects.toThrow(/must not be empty/);
    expect(slack.calls).toEqual([]);
  });
});
