import type { S3Client } from '@aws-sdk/client-s3';
import { failureOf } from '../../aws/errors.ts';
import { putNewest } from '../../aws/s3-objects.ts';
import { LockedError } from '../../model/errors.ts';
import type { Delivery } from '../../notify/delivery.ts';
import { addRuns, figuresOf, type RunEntry } from '../../publish/run-index.ts';
import { linewiseJson } from '../../report/json.ts';
import { type TargetResult, targetResult } from '../act/target-result.ts';
import type { OrganizationRun } from '../run.ts';
import { LATEST_SUMMARY, OBJECT, type RegionTarget } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { forEachTarget, skippedRows, targetRows, targetsOf } from '../targets/targets.ts';
import { ownersNotified } from './notify-owners.ts';
import { type OrganizationSummary, summarize } from './summary.ts';
import { summaryLines, summaryMarkdown, summaryPage } from './summary-documents.ts';
import { tellPlatformOnce } from './told.ts';

interface SummaryRequest {
  readonly run: OrganizationRun;
  readonly store: Store;
  readonly s3: S3Client;
  /** Absent where the policy names nobody to tell. */
  readonly delivery: Delivery | undefined;
  readonly ownAccountId: string;
  readonly reportUrl: string;
  readonly clock: () => Date;
}

/**
 * Adds up what came of every target, writes it, and tells the platform's people once.
 * @returns the summary, and what could not be written or told of it
 * @throws LockedError where another invocation of the run is telling them
 */
export async function publishSummary(
  request: SummaryRequest,
): Promise<{ readonly summary: OrganizationSummary; readonly problems: readonly string[] }> {
  const { run, store, s3, delivery, ownAccountId: accountId, reportUrl, clock } = request;
  const { runId, mode, at, policySource } = run;
  const startedAt = run.startedAt.toISOString();
  const rows = await store.needJson(OBJECT.targets, targetRows, run.sha256.targets);
  const names = new Map(rows.map((row) => [row.accountId, row.name]));
  const targets = await forEachTarget(targetsOf(rows), async (target) => ({
    target,
    name: names.get(target.accountId),
    result: await store.readJson(OBJECT.result(target), targetResult),
  }));
  const summary = summarize({
    run: { runId, mode, startedAt, ...(at && { at: at.toISOString() }), policy: policySource },
    targets,
    leftOut: (await store.readJson(OBJECT.skipped, skippedRows)) ?? [],
    notified: await store.readJson(OBJECT.notified, ownersNotified),
    notifies: run.policy.notify !== undefined,
  });
  for (const { name, text, contentType } of filesOf(summary)) await store.writeText(name, text, contentType);
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<string | undefined>) => {
    const problem = await work().catch((error: unknown) => {
      if (error instanceof LockedError) throw error;
      return failureOf(error).sentence;
    });
    if (problem !== undefined) problems.push(`${what}: ${problem}`);
  };
  if (run.isLatest) await attempt('the newest summary', () => writeLatest(s3, store.bucket, summary));
  const entries = targets.flatMap(({ target, result }) => runEntry(target, result, run));
  if (entries.length > 0)
    await attempt('the index of runs', async () => void (await addRuns(s3, store.bucket, entries)));
  if (delivery !== undefined) {
    const about = { runId, accountId, where: `${summary.totals.accounts} accounts`, isDryRun: mode === 'dry-run' };
    const said = { ...about, reportUrl, problems: summary.troubles, lines: summaryLines(summary) };
    await attempt('the platform channel', () =>
      tellPlatformOnce(store, clock, (wasBegun) => delivery.notifyPlatform({ ...said, wasBegun })),
    );
  }
  return { summary, problems };
}

/** Two runs at once: the one that began first does not take the place of the other. */
async function writeLatest(s3: S3Client, Bucket: string, summary: OrganizationSummary): Promise<undefined> {
  for (const { name, text, contentType } of filesOf(summary)) {
    const file = { Key: `${LATEST_SUMMARY}${name}`, Body: text, ContentType: contentType };
    await putNewest(s3, { Bucket, ...file }, summary.startedAt);
  }
}

function filesOf(summary: OrganizationSummary) {
  return [
    { name: 'summary.json', text: linewiseJson(summary), contentType: 'application/json' },
    { name: 'summary.md', text: summaryMarkdown(summary), contentType: 'text/markdown; charset=utf-8' },
    { name: 'summary.html', text: summaryPage(summary), contentType: 'text/html; charset=utf-8' },
  ];
}

/** The index of all runs gets those targets where anything was done, failed or stopped: a thousand others would fill it. */
function runEntry(
  target: RegionTarget,
  result: TargetResult | undefined,
  { runId, mode, startedBy, isLatest }: OrganizationRun,
): RunEntry[] {
  if (result?.stage !== 'ended' || result.report === undefined) return [];
  const { report, complete, observedAt, totals } = result;
  const { outcomes } = totals;
  const passes = Object.entries(totals.passes);
  const stopped = passes.some(([, pass]) => pass.stopped);
  if (outcomes.done + outcomes.failed === 0 && !stopped) return [];
  return [
    {
      path: report.slice(report.indexOf('/reports/') + '/reports/'.length),
      runId,
      ...target,
      observedAt,
      mode,
      passes: passes.map(([pass]) => pass),
      startedBy: startedBy.functionArn.split(':').at(-1) ?? '',
      complete,
      ...figuresOf(totals),
      ...(!isLatest && { whatIf: true }),
      actions: passes.reduce((sum, [, { actions }]) => sum + actions, 0),
      done: outcomes.done,
      failed: outcomes.failed,
      stopped,
    },
  ];
}
