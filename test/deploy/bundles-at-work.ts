import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { SlackServer } from '../notify/slack-server.ts';
import { EVERY_NAME } from '../scenarios/every-text-kind.ts';

const runFile = promisify(execFile);
const BUCKET = 'ami-janitor-reports';
const POLICY = `
version: 1
rules:
  - name: everything
    select: { tags: { "*": "*" } }
    keep: { youngerThan: 60d }
    deprecate: {}
    deregister: { after: 1d }
references: { documents: ["s3://${BUCKET}/policy/"], byName: ${JSON.stringify(EVERY_NAME)} }
limits: { perRun: 5, stopAbove: 100% }
`;
const SLACK = 'notify: { slack: { token: "ssm:/ami-janitor/slack-token", channel: "#platform" } }\n';

const SIGNING = ', signingSecret: "ssm:/ami-janitor/signing" }';

/** Invokes a handler as Lambda does: its file alone, the event, and nothing but the environment for credentials. */
const INVOKE = `
const { handler } = await import(process.argv[1]);
const context = { functionName: 'f', awsRequestId: 'r', invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
  logStreamName: 'l', getRemainingTimeInMillis: () => 900000 };
const answer = await handler(JSON.parse(process.argv[2]), context).catch((error) => ({ failed: error.message }));
console.log(JSON.stringify({ answer }));
`;
const answerShape = z.object({ answer: z.record(z.string(), z.unknown()) });
const reportShape = z.object({
  complete: z.boolean(),
  sources: z.array(z.object({ name: z.string(), status: z.string(), references: z.number(), calls: z.number() })),
  outcomes: z.array(z.object({ action: z.string(), status: z.string() })),
});

interface Served {
  readonly sandbox: Sandbox;
  readonly slack: SlackServer;
  readonly invoke: (name: string, event: object, without?: readonly string[]) => Promise<Record<string, unknown>>;
  readonly written: (location: unknown, file: string) => string;
}

/** An account whose sources all hold something, Image Builder and Batch too, and a Slack to tell. */
async function serve(dist: string, policy: string, options: Partial<SandboxOptions> = {}): Promise<Served> {
  const now = new Date();
  const slack = await new SlackServer().start();
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' });
  const account = seedAccount({ now });
  const sandbox = await startSandbox({ account, now: () => new Date(), ...options });
  onTestFinished(async () => {
    slack.close();
    await sandbox.close();
  });
  const object = { body: Buffer.from(policy), eTag: '"1"', lastModified: now, metadata: {} };
  account.buckets.get(BUCKET)?.set('policy/ami-janitor.yml', object);
  bearOut(account.buckets, BUCKET, account);
  const environment: Record<string, string> = {
    ...sandboxEnvironment(sandbox.url, account.region),
    AWS_SESSION_TOKEN: 'session-token',
    HOME: '/nonexistent',
    REPORT_BUCKET: BUCKET,
    POLICY: `s3://${BUCKET}/policy/ami-janitor.yml`,
    JANITOR_ENFORCE: 'true',
    SLACK_API_URL: slack.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  return {
    sandbox,
    slack,
    invoke: async (name, event, without = []) => {
      const file = pathToFileURL(join(dist, name, 'index.js')).href;
      const env = Object.fromEntries(Object.entries(environment).filter(([key]) => !without.includes(key)));
      const args = ['--input-type=module', '-e', INVOKE, file, JSON.stringify(event)];
      const { stdout } = await runFile(process.execPath, args, { env });
      return answerShape.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).answer;
    },
    written: (location, file) => {
      const key = `${String(location).replace(`s3://${BUCKET}/`, '')}${file}`;
      return Buffer.from(account.buckets.get(BUCKET)?.get(key)?.body ?? []).toString();
    },
  };
}

function keepSecret({ state }: Sandbox, name: string, Value: string): void {
  const version = { Name: name, Type: 'String' as const, DataType: 'text', Value, Version: 1, Labels: [] };
  state.parameters.set(name, { name, history: [version] });
}

/** The built functions, each in a process of its own. */
export function bundlesAtWorkTests(dist: () => string): void {
  it('report reads every source, and writes all its files', async () => {
    const { invoke, written, sandbox } = await serve(dist(), POLICY);
    const { report: location, failed } = await invoke('report', {});
    expect(failed).toBeUndefined();
    const { complete, sources } = reportShape.parse(JSON.parse(written(location, 'report.json')));
    expect(complete).toBe(true);
    expect(sources.filter(({ status }) => status !== 'read')).toEqual([]);
    for (const source of [
      'image-builder-recipes',
      'batch-compute-environments',
      'emr-clusters',
      'beanstalk-environments',
      'codebuild-fleets',
      'hyperpod-clusters',
      'rds-custom-versions',
      'cloudformation-stacks',
      'lambda-functions',
      'state-machines',
      'schedules',
      'state-manager-associations',
      'maintenance-windows',
      'ssm-documents',
      'launch-templates',
    ]) {
      expect(sources.find(({ name }) => name === source)?.calls).toBeGreaterThan(0);
    }
    expect(sources.find(({ name }) => name === 'image-builder-recipes')?.references).toBeGreaterThan(0);
    expect(written(location, 'report.html')).toMatch(/<svg[\s\S]*<\/html>/);
    expect(written(location, 'report.md')).toMatch(/^# /);
    expect(written(location, 'images.csv').split('\n').length).toBeGreaterThan(sandbox.state.images.size);
    expect(sandbox.calls.writes()).toEqual([]);
  });

  it.each(['deprecate', 'deregister'])('%s acts', async (name) => {
    const { invoke, written } = await serve(dist(), POLICY);
    const { report: location, failed } = await invoke(name, { mode: 'enforce' });
    expect(failed).toBeUndefined();
    const { outcomes } = reportShape.parse(JSON.parse(written(location, 'report.json')));
    expect(outcomes.filter(({ action, status }) => action === name && status === 'done').length).toBeGreaterThan(0);
  });

  it('notify tells people in Slack', async () => {
    const { invoke, slack, sandbox } = await serve(dist(), POLICY + SLACK);
    keepSecret(sandbox, '/ami-janitor/slack-token', slack.token);
    expect(await invoke('notify', {})).toMatchObject({ mode: 'dry-run', problems: 0 });
    expect(slack.posted.map(({ channel }) => channel)).toContain('C00PLATFORM');
  });

  it('keep-button looks at the secret, and refuses what Slack did not sign', async () => {
    const { invoke, sandbox, slack } = await serve(dist(), `${POLICY}${SLACK.replace(' }', SIGNING)}`);
    keepSecret(sandbox, '/ami-janitor/slack-token', slack.token);
    keepSecret(sandbox, '/ami-janitor/signing', 'a-signing-secret');
    const headers = {
      'x-slack-signature': `v0=${'0'.repeat(64)}`,
      'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
    };
    expect(await invoke('keep-button', { body: 'payload=%7B%7D', headers, isBase64Encoded: false })).toMatchObject({
      statusCode: 403,
    });
    expect(sandbox.calls.count('GetParameter')).toBe(2);
    expect(sandbox.calls.count('GetCallerIdentity')).toBe(1);
  });

  it('says so where there are no credentials in the environment', async () => {
    const { invoke } = await serve(dist(), POLICY);
    const { failed } = await invoke('report', {}, ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
    expect(failed).toMatch(/AWS did not accept the credentials \(CredentialsProviderError/);
  });
}
