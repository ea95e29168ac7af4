import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { failureOf } from '../../src/aws/errors.ts';
import { putNewest } from '../../src/aws/s3-objects.ts';
import { publishToBucket } from '../../src/publish/bucket.ts';
import { readLatest } from '../../src/publish/latest.ts';
import { readRuns } from '../../src/publish/run-index.ts';
import type { StartedBy } from '../../src/report/audit.ts';
import type { Report } from '../../src/report/report.ts';
import { serve } from '../builders/serve.ts';
import { AT, aReport, daysAgo, due, fullPlan, image, imageId, RUN } from '../report/plans.ts';

const BUCKET = 'ami-janitor-reports';
const STARTED_BY: StartedBy = {
  kind: 'lambda',
  functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:janitor-deregister',
  invocationId: '3f6e0c1e',
  logStream: 'today',
};
const LATEST = 'latest/123456789012/eu-west-1/';
const outcomes = [{ action: 'deregister', resourceId: imageId(3), status: 'done', requestId: 'r-1' }] as const;
const enforcing = (runId: string = RUN.runId, over: object = {}) =>
  aReport({ ...fullPlan(), ...over }, { run: { ...RUN, runId, mode: 'enforce' }, outcomes });
const AUDIT = `audit/123456789012/eu-west-1/2026/11/21/${RUN.runId}.jsonl`;
const runId = (number: number) => `20261121T020000Z-0000000${number}`;

let sandbox: Sandbox;
let s3: S3Client;
let intercept: (call: Call) => Fault | undefined;

beforeEach(async () => {
  intercept = () => undefined;
  sandbox = await serve({
    account: seedAccount({ now: AT, images: 1 }),
    now: () => AT,
    intercept: (call) => intercept(call),
  });
  const credentials = { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' };
  s3 = new S3Client({ endpoint: sandbox.url, region: 'eu-west-1', forcePathStyle: true, credentials, maxAttempts: 2 });
});
afterEach(async () => {
  s3.destroy();
  await sandbox.close();
});

const publish = (report: Report, isLatest = true) =>
  publishToBucket({ s3, bucket: BUCKET, report, startedBy: STARTED_BY, isLatest });
const keys = () => [...(sandbox.state.buckets.get(BUCKET)?.keys() ?? [])].sort();
const text = (key: string) => Buffer.from(sandbox.state.buckets.get(BUCKET)?.get(key)?.body ?? []).toString();
const runsIn = (json: string) => {
  const index = readRuns(json);
  return typeof index === 'object' ? index.runs : [];
};
const inputOf = ({ input }: Call) => JSON.stringify(input);
const denied =
  (match: RegExp) =>
  (call: Call): Fault | undefined =>
    match.test(`${call.operation} ${inputOf(call)}`) ? { kind: 'access-denied' } : undefined;

describe('a run in the bucket', () => {
  it('has its report, the latest copy, its audit records and its line in the index', async () => {
    const { location, problems } = await publish(enforcing());
    const prefix = `reports/123456789012/eu-west-1/2026/11/21/${RUN.runId}/`;
    const files = ['images.csv', 'report.html', 'report.json', 'report.md'];
    expect(problems).toEqual([]);
    expect(location).toBe(`s3://${BUCKET}/${prefix}`);
    expect(keys()).toEqual(
      [
        AUDIT,
        ...[...files, 'latest.json'].map((file) => `${LATEST}${file}`),
        ...files.map((file) => `${prefix}${file}`),
        'reports/index.html',
        'reports/index.json',
      ].sort(),
    );
    expect(JSON.parse(text(AUDIT))).toMatchObject({ action: 'deregister', requestId: 'r-1', startedBy: STARTED_BY });
    expect(text('reports/index.html')).toContain(`href="${prefix.replace('reports/', '')}report.html"`);
    expect(text('reports/index.html')).toContain(`href="../${LATEST}report.html"`);
  });

  it('says what has changed since the latest one, and a run of one pass is compared with its like', async () => {
    await publish(aReport({ observedAt: daysAgo(1), decisions: [] }));
    const second = await publish(aReport({ decisions: [due(image(1), 'deprecate')] }));
    expect(second.report.changes).toMatchObject({ status: 'compared', images: [{ change: 'came-back' }] });
    expect(text(`${LATEST}report.json`)).toContain('"changes"');
    const passes = [{ pass: 'deregister', actions: [], deferred: [] }] as const;
    const one = await publish(aReport({ passes }));
    expect(one.report.changes).toBeUndefined();
    expect(keys()).toContain(`${LATEST}deregister/report.json`);
  });

  it('of a what-if question is neither compared nor the latest', async () => {
    await publish(aReport());
    const before = text(`${LATEST}report.json`);
    const asked = await publish(
      aReport({ decisions: [due(image(1), 'deprecate')] }, { run: { ...RUN, runId: runId(2) } }),
      false,
    );
    expect(asked.report.changes).toBeUndefined();
    expect(text(`${LATEST}report.json`)).toBe(before);
    expect(runsIn(text('reports/index.json'))).toHaveLength(2);
  });

  it('that looked earlier does not take the place of a newer one', async () => {
    await publish(aReport());
    await publish(aReport({ observedAt: daysAgo(1) }, { run: { ...RUN, runId: runId(2) } }));
    expect(JSON.parse(text(`${LATEST}report.json`))).toMatchObject({ runId: RUN.runId });
    expect(JSON.parse(text(`${LATEST}latest.json`))).toMatchObject({ runId: RUN.runId });
  });

  it('of two at once the newer is the latest in all its files, whichever writes last', async () => {
    const older = aReport({ observedAt: daysAgo(1) }, { run: { ...RUN, runId: runId(2) } });
    const { promise: held, resolve: cancelUnusedShares } = Promise.withResolvers<void>();
    const isAbout = new Promise<void>((resolve) => {
      intercept = ({ operation, input }) => {
        if (operation !== 'PutObject' || !JSON.stringify(input).includes(`"${LATEST}report.json"`)) return undefined;
        intercept = () => undefined;
        resolve();
        return { before: () => held };
      };
    });
    const first = publish(older);
    await isAbout;
    expect((await publish(aReport())).problems).toEqual([]);
    cancelUnusedShares();
    expect((await first).problems).toEqual([]);
    for (const file of ['report.json', 'latest.json'])
      expect(JSON.parse(text(`${LATEST}${file}`)), file).toMatchObject({ runId: RUN.runId });
    expect(text(`${LATEST}report.md`)).toContain(RUN.runId);
    expect(text(`${LATEST}report.html`)).toContain(RUN.runId);
  });

  it('that ends between its files changes nothing for who follows the pointer', async () => {
    await publish(aReport({ observedAt: daysAgo(1) }, { run: { ...RUN, runId: runId(1) } }));
    let files = 0;
    intercept = ({ operation, input }) => {
      if (operation !== 'PutObject' || !JSON.stringify(input).includes(LATEST)) return undefined;
      files += 1;
      return files > 2 ? { kind: 'drop-before' } : undefined;
    };
    expect((await publish(aReport())).problems).toHaveLength(1);
    const latest = await readLatest(s3, BUCKET, LATEST);
    if (latest.status !== 'read') throw new Error(latest.status);
    expect(JSON.parse(Buffer.from(latest.json).toString())).toMatchObject({ runId: runId(1) });
  });

  it('is compared with the copy where the report that the pointer names has expired', async () => {
    await publish(aReport({ observedAt: daysAgo(1), decisions: [] }));
    const bucket = sandbox.state.buckets.get(BUCKET);
    for (const key of bucket?.keys() ?? []) if (/^reports\/\d/.test(key)) bucket?.delete(key);
    const second = await publish(
      aReport({ decisions: [due(image(1), 'deprecate')] }, { run: { ...RUN, runId: runId(2) } }),
    );
    expect(second.report.changes).toMatchObject({ status: 'compared' });
  });

  it('writes nothing over what it has not looked at', async () => {
    await publish(enforcing());
    await publish(aReport({}, { run: { ...RUN, runId: runId(2) } }));
    const puts = sandbox.calls.entries.filter(({ operation }) => operation === 'PutObject');
    for (const { input } of puts) expect(JSON.stringify(input)).toMatch(/"If(?:None)?Match":/);
  });
});

describe('the audit trail', () => {
  it('is never written over', async () => {
    await publish(enforcing());
    const before = text(AUDIT);
    const { problems, unwrittenAudit } = await publish(enforcing(RUN.runId, { sources: [] }));
    expect(text(AUDIT)).toBe(before);
    expect(problems).toEqual([expect.stringMatching(/^the audit records could not be written .*PreconditionFailed/)]);
    expect(unwrittenAudit).toHaveLength(1);
  });

  it('takes a write whose answer was lost for what it was', async () => {
    let lost = false;
    intercept = (call) => {
      if (lost || call.operation !== 'PutObject' || !inputOf(call).includes(AUDIT)) return undefined;
      lost = true;
      return { kind: 'drop-after' };
    };
    expect((await publish(enforcing())).problems).toEqual([]);
    expect(lost).toBe(true);
  });
});

describe('a bucket that denies', () => {
  it.each([
    // Without the report there is nothing to point to.
    ['everything', /./, 3, undefined],
    ['the latest copy', /PutObject.*latest\//, 1, true],
    ['the index', /index\.json/, 1, true],
    ['reading the latest one', /GetObject.*latest\//, 0, true],
  ])('%s still lets the rest through and says so', async (_, match, expected, written) => {
    intercept = denied(match);
    const { report, problems, location, unwrittenAudit } = await publish(enforcing());
    for (const problem of problems) expect(problem).toMatch(/access denied/);
    expect(problems).toHaveLength(written ? expected : expected - 1);
    expect(location !== undefined).toBe(written === true);
    expect(unwrittenAudit).toHaveLength(written ? 0 : 1);
    expect(report.images.length).toBeGreaterThan(0);
  });

  it('is called that by an answer to HEAD too, which has no words', async () => {
    intercept = denied(/^HeadObject/);
    await expect(
      putNewest(s3, { Bucket: BUCKET, Key: 'k', Body: '', ContentType: 'text/plain' }, ''),
    ).rejects.toSatisfy((error) => failureOf(error).sentence.startsWith('access denied (Forbidden)'));
  });

  it('says in the report that the latest one could not be read', async () => {
    intercept = denied(/GetObject.*latest\//);
    const { report } = await publish(aReport());
    expect(report.changes).toMatchObject({
      status: 'not-compared',
      problem: expect.stringMatching(/could not be read: access denied/),
    });
  });
});

describe('the index of runs', () => {
  it('has every run where several end at once', async () => {
    const runs = [1, 2, 3, 4].map((number) => aReport({}, { run: { ...RUN, runId: runId(number) } }));
    const ended = await Promise.all(runs.map((report) => publish(report, false)));
    expect(ended.flatMap(({ problems }) => problems)).toEqual([]);
    expect(
      runsIn(text('reports/index.json'))
        .map((run) => run.runId)
        .sort(),
    ).toEqual([1, 2, 3, 4].map(runId));
  });

  const setIndex = (body: string) =>
    sandbox.state.buckets
      .get(BUCKET)
      ?.set('reports/index.json', { body: Buffer.from(body), eTag: '"set"', lastModified: AT, metadata: {} });

  it('loses no history to one broken row, and keeps that row as it is', async () => {
    for (const number of [1, 2, 3]) await publish(aReport({}, { run: { ...RUN, runId: runId(number) } }), false);
    const index = JSON.parse(text('reports/index.json'));
    index.runs[1].images = 'many';
    setIndex(JSON.stringify(index));
    expect((await publish(aReport({}, { run: { ...RUN, runId: runId(4) } }), false)).problems).toEqual([]);
    expect(runsIn(text('reports/index.json'))).toHaveLength(3);
    expect(JSON.parse(text('reports/index.json')).runs).toContainEqual(index.runs[1]);
  });

  it('of a newer version is left as it is, and that is said', async () => {
    setIndex('{"schemaVersion":2,"runs":[],"more":1}');
    expect((await publish(aReport())).problems).toEqual([expect.stringMatching(/of a newer version/)]);
    expect(text('reports/index.json')).toBe('{"schemaVersion":2,"runs":[],"more":1}');
  });

  it('begins anew where it is broken, and sets aside what was there', async () => {
    sandbox.state.buckets
      .get(BUCKET)
      ?.set('reports/index.json', { body: Buffer.from('{'), eTag: '"broken"', lastModified: AT, metadata: {} });
    expect((await publish(aReport())).problems).toEqual([]);
    expect(runsIn(text('reports/index.json'))).toHaveLength(1);
    const aside = keys().find((key) => key.startsWith('reports/index-broken-'));
    expect(text(aside ?? '')).toBe('{');
  });

  it('shows how images, storage and savings went over the runs of a place, but for what-if questions', async () => {
    const report = aReport();
    const run = (number: number, isLatest = true) => {
      const { totals } = report;
      const storage = { ...totals.storage, storageGiB: 600 * number };
      const dueStorage = { ...totals.dueStorage, monthlyCostUpTo: 10 * number };
      const observedAt = `2026-11-0${number}T02:00:00.000Z`;
      const of = { ...report, runId: runId(number), observedAt };
      return publish({ ...of, totals: { ...totals, images: 100 - number, storage, dueStorage } }, isLatest);
    };
    for (const number of [1, 2, 3]) await run(number);
    await run(4, false);
    const labels = [...text('reports/index.html').matchAll(/aria-label="([^"]* on [^"]*)"/g)].map(([, label]) => label);
    expect(labels).toEqual([
      'Images: 99 on 2026-11-01, 97 on 2026-11-03, between 97 and 99',
      expect.stringMatching(/^Due: /),
      'Storage: 600 GiB on 2026-11-01, 1.76 TiB on 2026-11-03, between 600 GiB and 1.76 TiB',
      'To be saved a month, up to: $10.00 on 2026-11-01, $30.00 on 2026-11-03, between $10.00 and $30.00',
    ]);
    expect(text('reports/index.html')).toContain('−2 since 2026-11-01');
  });

  it('shows what did not go well, and nobody’s text as markup', async () => {
    const startedBy = { kind: 'command-line', callerArn: '<img src=x onerror=alert(1)>' } as const;
    await publishToBucket({ s3, bucket: BUCKET, report: aReport({ complete: false }), startedBy, isLatest: false });
    expect(text('reports/index.html')).toContain('incomplete');
    expect(text('reports/index.html')).not.toContain('<img');
  });
});
