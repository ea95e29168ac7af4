import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { handler as deregister } from '../../src/handlers/deregister.ts';
import { handler as report } from '../../src/handlers/report.ts';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve, storePolicy } from '../builders/serve.ts';
import { keepLog } from '../builders/silence-console.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { lambdaContext } from './invoke.ts';

const BUCKET = 'ami-janitor-reports';
const AT = '2026-11-21T02:00:00Z';
const POLICY = `
version: 1
rules:
  - name: everything with a family
    select: { tags: { Family: "*" } }
    groupBy: ["tag:Family", architecture]
    keep: { newest: 3, youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
limits: { stopAbove: 60% }
`;
const reportShape = z.object({
  runId: z.string(),
  mode: z.string(),
  policy: z.unknown(),
  passes: z.array(z.object({ pass: z.string() })),
  images: z.array(z.object({ imageId: z.string(), decision: z.string(), reasons: z.array(z.unknown()) })),
});

const folder = temporaryFolder();
let sandbox: Sandbox;
/** The endpoint's time: that of the stories, but for what is enforced by the machine's own clock. */
let clock = () => new Date(AT);
let intercept: (call: Call) => Fault | undefined = () => undefined;
let log: string[];

beforeAll(async () => {
  const now = new Date(AT);
  const account = seedAccount({ now });
  const variables = storePolicy(account, POLICY);
  sandbox = await serve({ account, now: () => clock(), intercept: (call) => intercept(call) }, variables);
});

afterAll(() => sandbox.close());

beforeEach(() => {
  log = keepLog();
  putObject('policy/ami-janitor.yml', POLICY);
  bearOut(sandbox.state.buckets, BUCKET, sandbox.state);
  sandbox.calls.clear();
});

afterEach(() => {
  intercept = () => undefined;
  clock = () => new Date(AT);
  vi.restoreAllMocks();
  vi.stubEnv('JANITOR_ENFORCE', 'false');
});

function putObject(key: string, text: string): void {
  const object = { body: Buffer.from(text), eTag: `"${key}"`, lastModified: new Date(AT), metadata: {} };
  sandbox.state.buckets.get(BUCKET)?.set(key, object);
}

function writtenReport(location: string) {
  const key = `${location.replace(`s3://${BUCKET}/`, '')}report.json`;
  return reportShape.parse(JSON.parse(Buffer.from(sandbox.state.buckets.get(BUCKET)?.get(key)?.body ?? []).toString()));
}

describe('the reporting function', () => {
  it('writes the reports to S3, answers where, and writes nothing else', async () => {
    const answer = await report({ at: AT }, lambdaContext());
    expect(answer).toMatchObject({ mode: 'dry-run', totals: { images: sandbox.state.images.size } });
    expect(answer.report).toMatch(
      /^s3:\/\/ami-janitor-reports\/reports\/\d{12}\/[a-z0-9-]+\/\d{4}\/\d\d\/\d\d\/\d{8}T\d{6}Z-[0-9a-f]{8}\/$/,
    );
    const written = writtenReport(answer.report ?? '');
    expect(written.runId).toBe(answer.runId);
    expect(written.passes.map(({ pass }) => pass)).toEqual(['deprecate', 'disable', 'deregister', 'delete-snapshots']);
    expect(sandbox.calls.writes()).toEqual([]);
    expect(log.length).toBeGreaterThan(3);
    expect(log.filter((line) => !line.includes(answer.runId))).toEqual([]);
  });

  it('decides as the command line does', async () => {
    const file = join(folder, 'policy.yml');
    await writeFile(file, POLICY);
    const { report: location } = await report({ at: AT }, lambdaContext());
    const { stdout } = await janitor('plan', '--policy', file, '--at', AT, '--format', 'json');
    expect(reportShape.parse(JSON.parse(stdout)).images).toEqual(writtenReport(location ?? '').images);
  });

  it('takes a policy from the event', async () => {
    const { report: location } = await report({ policy: { version: 1, rules: [] } }, lambdaContext());
    expect(writtenReport(location ?? '').policy).toEqual({
      source: 'event',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('says in its log that a limit stopped a pass, in the words that the alarm looks for', async () => {
    const stoppedByLimit = () =>
      log.map((line) => JSON.parse(line)).find(({ message }) => message === 'run ended').stoppedByLimit;
    await report({ at: AT }, lambdaContext());
    expect(stoppedByLimit()).toBe(false);
    log.length = 0;
    putObject('policy/ami-janitor.yml', POLICY.replace('60%', '1%'));
    await report({ at: AT }, lambdaContext());
    expect(stoppedByLimit()).toBe(true);
  });

  it('looks at each Region that the event names', async () => {
    const { regions, report: one } = await report(
      { regions: ['eu-west-1', 'us-east-1', 'eu-west-1'] },
      lambdaContext(),
    );
    expect(regions.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect(one).toBeUndefined();
  });

  it('fails after the report is written where a source could not be read, and says which', async () => {
    const { images } = sandbox.state;
    intercept = ({ operation }) => (operation === 'DescribeFleets' ? { kind: 'access-denied' } : undefined);
    const failed = report({ at: AT }, lambdaContext());
    await expect(failed).rejects.toThrow(
      /^eu-west-1: could not be read, so every image and snapshot stays: ec2-fleets \(report: s3:.*\)$/,
    );
    await expect(failed).rejects.toMatchObject({ name: 'RunFailedError' });
    const location = /s3:[^)]*/.exec(String(await failed.catch(String)))?.[0] ?? '';
    expect(writtenReport(location).images).toHaveLength(images.size);
  });
});

describe('a bucket that denies', () => {
  it('leaves the report in the log, with every action and its reason, and fails', async () => {
    intercept = ({ operation }) => (operation === 'PutObject' ? { kind: 'access-denied' } : undefined);
    const failed = report({}, lambdaContext());
    await expect(failed).rejects.toThrow(/the report could not be written to s3:.*access denied.*in the log only/);
    const lines = log.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ message: 'report not written', totals: expect.anything() }));
    const actions = lines.filter(({ message }) => message === 'action of the unwritten report');
    expect(actions.length).toBe(
      Object.values(lines.find(({ totals }) => totals).totals.passes)
        .map((pass) => z.object({ actions: z.number() }).parse(pass).actions)
        .reduce((sum, number) => sum + number, 0),
    );
    expect(log.filter((line) => !/"runId":\s*"\d{8}T/.test(line))).toEqual([]);
  });
});

describe('metrics', () => {
  const metrics = () => log.map((line) => JSON.parse(line)).filter(({ _aws }) => _aws !== undefined);
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'AmiJanitor/test');
    vi.spyOn(console, 'log').mockImplementation((line: string) => void log.push(line));
  });
  afterEach(() => vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true'));

  it('tell of the account by Region, and of the run by function, with the run id', async () => {
    const { runId, totals } = await report({ at: AT }, lambdaContext());
    const [run, account, ...others] = metrics();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      function: 'ami-janitor-test-report',
      region: 'eu-west-1',
      runId,
      RunsWithoutReport: 0,
      ThrottledRequests: 0,
      UnreadableSources: 0,
      ActionsPlanned: Object.values(totals?.passes ?? {}).reduce((sum, { actions }) => sum + actions, 0),
    });
    expect(run.DurationMilliseconds).toBeGreaterThan(0);
    expect(run).not.toHaveProperty('ActionsDone');
    expect(account).toMatchObject({
      region: 'eu-west-1',
      runId,
      Images: totals?.images,
      StorageGiB: totals?.storage.storageGiB,
    });
    expect(account).not.toHaveProperty('function');
    expect(account._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'region']]);
    expect(run._aws.CloudWatchMetrics[0].Dimensions).toEqual([['service', 'function', 'region']]);
  });

  it('count requests that were throttled though a retry brought them through', async () => {
    retryAtOnce();
    let throttled = 0;
    intercept = ({ operation }) => {
      if (operation !== 'DescribeFleets' || throttled === 2) return undefined;
      throttled += 1;
      return { kind: 'throttle' };
    };
    await report({ at: AT }, lambdaContext());
    expect(metrics()[0]).toMatchObject({ ThrottledRequests: 2, UnreadableSources: 0 });
  });
});

describe('refuses, and does nothing', () => {
  it.each([
    ['an unknown key', { regoins: [] }, 'unknown key "regoins" (nearest: "regions")'],
    ['a policy that is not there', { policy: `s3://${BUCKET}/policy/other.yml` }, 'could not be read'],
    ['a policy with a misspelled key', { policy: { version: 1, ruels: [] } }, 'ruels'],
    ['acting, since it only reports', { mode: 'enforce' }, 'This function only reports'],
  ])('%s', async (_, event, sentence) => {
    vi.stubEnv('JANITOR_ENFORCE', 'true');
    const refused = report(event, lambdaContext());
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toMatchObject({ name: 'RefusedError' });
    expect(sandbox.calls.count('DescribeImages')).toBe(0);
  });

  it('acting where the deployment does not allow it', async () => {
    await expect(deregister({ mode: 'enforce' }, lambdaContext())).rejects.toThrow('This deployment only reports');
    expect(sandbox.calls.entries).toEqual([]);
  });
});

it('each function makes its own pass only', async () => {
  const { report: location } = await deregister({ at: AT }, lambdaContext());
  expect(writtenReport(location ?? '').passes.map(({ pass }) => pass)).toEqual(['deregister']);
  expect(sandbox.calls.writes()).toEqual([]);
});

it('enforces nothing by a clock that is apart from AWS’s', async () => {
  vi.stubEnv('JANITOR_ENFORCE', 'true');
  clock = () => new Date(Date.now() - 45 * 86_400_000);
  const refused = deregister({ mode: 'enforce' }, lambdaContext());
  await expect(refused).rejects.toMatchObject({ name: 'RefusedError' });
  await expect(refused).rejects.toThrow(/^nothing is enforced: this machine's clock says .* and AWS says /);
  expect(sandbox.calls.writes()).toEqual([]);
});

it('records in the audit who asked for what it did', async () => {
  clock = () => new Date();
  vi.stubEnv('JANITOR_ENFORCE', 'true');
  const { runId } = await deregister({ mode: 'enforce', startedBy: 'Zoë, CHG-42' }, lambdaContext());
  const objects = [...(sandbox.state.buckets.get(BUCKET) ?? [])];
  const [, audit] = objects.find(([key]) => key.startsWith('audit/') && key.endsWith(`${runId}.jsonl`)) ?? [];
  const lines = Buffer.from(audit?.body ?? [])
    .toString()
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ runId, startedBy: { kind: 'lambda', claimed: 'Zoë, CHG-42' } });
  }
});
