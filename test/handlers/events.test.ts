import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler as deregister } from '../../src/handlers/deregister.ts';
import { handler as notify } from '../../src/handlers/notify.ts';
import { handler as report } from '../../src/handlers/report.ts';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { keepLog } from '../builders/silence-console.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { lambdaContext } from './invoke.ts';
import { eventRequests, eventsOf } from './published-events.ts';

const IMAGES = 12;
const POLICY = `
version: 1
rules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d } }]
limits: { stopAbove: 100% }
`;

let story: StoryAccount;
let sandbox: Sandbox;
let log: string[];
let intercept: (call: Call) => Fault | undefined = () => undefined;

beforeEach(() => {
  story = new StoryAccount();
  log = keepLog();
  retryAtOnce();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  intercept = () => undefined;
  await sandbox.close();
});

async function start(policy = POLICY, variables: Readonly<Record<string, string>> = { EVENT_BUS: 'default' }) {
  const given = { ...storePolicy(story.state, policy), JANITOR_ENFORCE: 'true', ...variables };
  const options = { account: story.state, now: () => new Date(), intercept: (call: Call) => intercept(call) };
  sandbox = await serve(options, given);
  bearOut(story.state.buckets, 'ami-janitor-reports', story.state);
}

/** Images that are to be deregistered. */
function dueImages(): string[] {
  return Array.from({ length: IMAGES }, (_, index) => story.image(`old-${index}`, { tags: { Owner: '#web' } }));
}

describe('a run over one account', () => {
  it('tells of each action once, and last of its end, ten in a request', async () => {
    const images = dueImages();
    await start();
    const { runId, report: location } = await deregister({ mode: 'enforce' }, lambdaContext());
    const events = eventsOf(sandbox);
    const about = { schemaVersion: 1, runId, mode: 'enforce', accountId: story.state.accountId, region: 'eu-west-1' };
    const actions = events.slice(0, -1).filter(({ detail }) => detail.action === 'deregister');
    expect(actions.map(({ detail }) => detail.resourceId).sort()).toEqual(images.sort());
    for (const { type, detail } of actions) {
      expect(type).toBe('Action Ended');
      expect(detail).toMatchObject({ ...about, status: 'done', owner: '#web', rule: 'all', report: location });
      expect(detail.imageId).toBe(detail.resourceId);
    }
    const done = events.length - 1;
    expect(events.at(-1)).toMatchObject({
      type: 'Run Ended',
      detail: { ...about, complete: true, done, problems: [] },
    });
    const requests = eventRequests(sandbox);
    expect(requests.map(({ length }) => length)).toEqual([
      ...requests.slice(1).map(() => 10),
      events.length % 10 || 10,
    ]);
    for (const entry of requests.flat())
      expect(entry).toMatchObject({ EventBusName: 'default', Source: 'ami-janitor' });
  });

  it('tells of what AWS refused as a refusal', async () => {
    const imageId = story.image('old');
    await start();
    const message = 'Some other service still holds it.';
    intercept = ({ operation }) =>
      operation === 'DeregisterImage' ? { error: { code: 'OperationNotPermitted', message } } : undefined;
    await expect(deregister({ mode: 'enforce' }, lambdaContext())).rejects.toThrow();
    const [refusal, end] = eventsOf(sandbox);
    expect(refusal).toMatchObject({ type: 'Action Refused', detail: { resourceId: imageId, times: 1 } });
    expect(refusal?.detail.reason).toContain(message);
    expect(end).toMatchObject({
      type: 'Run Ended',
      detail: { failed: 1, problems: [expect.any(String), expect.any(String)] },
    });
  });

  it('tells of a dry run that it ended, of a Region without a report that it failed, of what-if questions nothing', async () => {
    dueImages();
    await start();
    await report({ at: '2027-01-01' }, lambdaContext());
    await report({ policy: { version: 1, rules: [] } }, lambdaContext());
    expect(eventsOf(sandbox)).toEqual([]);
    await report({}, lambdaContext());
    const detail = { mode: 'dry-run', images: IMAGES, dueImages: IMAGES, planned: IMAGES, done: 0 };
    expect(eventsOf(sandbox)).toEqual([{ type: 'Run Ended', detail: expect.objectContaining(detail) }]);
    intercept = ({ operation }) => (operation === 'GetCallerIdentity' ? { kind: 'access-denied' } : undefined);
    await expect(report({}, lambdaContext())).rejects.toThrow();
    expect(eventsOf(sandbox).at(-1)).toMatchObject({ type: 'Run Failed', detail: { region: 'eu-west-1' } });
  });

  it.each([
    ['a bus that denies', 'default', { kind: 'access-denied' }, /1 event not sent: access denied/],
    ['a bus that is not there', 'no-such-bus', undefined, /Event bus no-such-bus does not exist/],
    ['an answer that says nothing', 'default', { kind: 'empty-answer' }, /EventBridge did not say why/],
  ] as const)('%s fails no run: the log says so', async (_, bus, fault, why) => {
    dueImages();
    await start(POLICY, { EVENT_BUS: bus });
    intercept = ({ operation }) => (operation === 'PutEvents' ? fault : undefined);
    const { totals } = await report({}, lambdaContext());
    expect(totals?.images).toBe(IMAGES);
    expect(log.filter((line) => line.includes('events not sent')).join()).toMatch(why);
  });

  it('puts nothing where the deployment names no bus', async () => {
    dueImages();
    await start(POLICY, { EVENT_BUS: '' });
    await deregister({ mode: 'enforce' }, lambdaContext());
    expect(eventRequests(sandbox)).toEqual([]);
  });
});

it('tells of each image whose owner was told for certain, and of no other', async () => {
  const slack = await new SlackServer().start();
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00000WEB', name: 'web' });
  story.parameter('/ami-janitor/slack-token', [slack.token], { dataType: 'text' });
  const imageId = story.image('old', { tags: { Owner: '#web' } });
  const section =
    'notify: { tellOwnersOnDryRun: true, slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform" } }\n';
  await start(POLICY + section, { EVENT_BUS: 'default', SLACK_API_URL: slack.url });
  await notify({ mode: 'dry-run' }, lambdaContext());
  expect(eventsOf(sandbox)).toEqual([]);
  await notify({ mode: 'enforce' }, lambdaContext());
  const detail = { mode: 'enforce', imageId, imageName: 'old', owner: '#web', isReminder: false };
  expect(eventsOf(sandbox)).toEqual([{ type: 'Owner Notified', detail: expect.objectContaining(detail) }]);
  await notify({ mode: 'enforce' }, lambdaContext());
  expect(eventsOf(sandbox)).toHaveLength(1);
  slack.close();
});
