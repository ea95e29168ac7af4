import type { S3Client } from '@aws-sdk/client-s3';
import type { Delivery } from '../../notify/delivery.ts';
import { putNewest } from '../../publish/conditional.ts';
import { addRuns } from '../../publish/index-objects.ts';
import type { RunEntry } from '../../publish/run-entry.ts';
import { linewiseJson } from '../../report/json.ts';
import { endedSchema, type TargetResult } from '../act/target-result.ts';
import { inBatches, placesOf } from '../join/join-targets.ts';
import type { OrganizationRun } from '../run-record.ts';
import { OBJECT, type RegionTarget, regionTargetName } from '../s3-keys.ts';
import type { Store } from '../store.ts';
import { sentenceOf } from '../targets/member.ts';
import { skippedRows, targetRows } from '../targets/targets.ts';
import { ownersNotified } from './notify-owners.ts';
import { type OrganizationSummary, summarize } from './summary.ts';
import { LATEST_SUMMARY } from './summary-address.ts';
import { summaryLines, summaryMarkdown } from './summary-markdown.ts';
import { summaryPage } from './summary-page.ts';

/** What the last state works with. */
export interface SummaryRequest {
  readonly run: OrganizationRun;
  readonly store: Store;
  readonly s3: S3Client;
  /** Absent where the policy names nobody to tell. */
  readonly delivery: Delivery | undefined;
  readonly ownAccountId: string;
  readonly reportUrl: string;
}

/** A summary, and what could not be written or told of it. */
export interface PublishedSummary {
  readonly summary: OrganizationSummary;
  readonly problems: readonly string[];
}

/** Adds up what came of every place, writes it, and tells the platform's people once. */
export async function publishSummary(request: SummaryRequest): Promise<PublishedSummary> {
  const { run, store, s3, delivery, ownAccountId, reportUrl } = request;
  const { record, policySource, mode } = run;
  const rows = await store.needJson(OBJECT.targets, targetRows);
  const places = placesOf(rows);
  const ended = new Map<string, TargetResult | undefined>();
  await inBatches(places, async (place) => {
    ended.set(regionTargetName(place), await store.readJson(OBJECT.ended(place), endedSchema));
  });
  const names = new Map(rows.map(({ accountId, name }) => [accountId, name]));
  const summary = summarize({
    run: {
      runId: record.runId,
      mode,
      startedAt: record.startedAt.toISOString(),
      ...(record.at && { at: record.at.toISOString() }),
      policy: policySource,
    },
    places: places.map((place) => ({ place, ...nameOf(names, place), ended: ended.get(regionTargetName(place)) })),
    leftOut: (await store.readJson(OBJECT.skipped, skippedRows)) ?? [],
    told: await store.readJson(OBJECT.notified, ownersNotified),
    tells: run.policy.notify !== undefined,
  });
  await writeFiles(store, summary);
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<string | undefined>) => {
    const problem = await work().catch(sentenceOf);
    if (problem !== undefined) problems.push(`${what}: ${problem}`);
  };
  const startedAt = record.startedAt.toISOString();
  if (record.isLatest) await attempt('the newest summary', () => writeLatest(s3, store.bucket, summary, startedAt));
  const entries = runEntries(places, ended, run);
  if (entries.length > 0)
    await attempt('the index of runs', async () => void (await addRuns(s3, store.bucket, entries)));
  if (delivery !== undefined) {
    const about = { runId: record.runId, accountId: ownAccountId, isDryRun: mode === 'dry-run', reportUrl };
    const where = `${summary.totals.accounts} accounts`;
    const lines = summaryLines(summary);
    await attempt('the platform channel', () =>
      delivery.notifyPlatform({ ...about, where, problems: summary.troubles, lines }),
    );
  }
  return { summary, problems };
}

async function writeFiles(store: Store, summary: OrganizationSummary): Promise<void> {
  for (const { name, text, contentType } of filesOf(summary)) await store.writeText(name, text, contentType);
}

/** Two runs at once: the one that began first does not take the place of the other. */
async function writeLatest(
  s3: S3Client,
  Bucket: string,
  summary: OrganizationSummary,
  startedAt: string,
): Promise<undefined> {
  for (const { name, text, contentType } of filesOf(summary)) {
    const file = { Key: `${LATEST_SUMMARY}${name}`, Body: text, ContentType: contentType };
    await putNewest(s3, { Bucket, ...file }, startedAt);
  }
}

function filesOf(summary: OrganizationSummary) {
  return [
    { name: 'summary.json', text: linewiseJson(summary), contentType: 'application/json' },
    { name: 'summary.md', text: summaryMarkdown(summary), contentType: 'text/markdown; charset=utf-8' },
    { name: 'summary.html', text: summaryPage(summary), contentType: 'text/html; charset=utf-8' },
  ];
}

function nameOf(names: ReadonlyMap<string, string | undefined>, { accountId }: RegionTarget): { name?: string } {
  const name = names.get(accountId);
  return name === undefined ? {} : { name };
}

/** The index of all runs gets those places where anything was done, failed or stopped: a thousand others would fill it. */
function runEntries(
  places: readonly RegionTarget[],
  ended: ReadonlyMap<string, TargetResult | undefined>,
  { record, mode }: OrganizationRun,
): RunEntry[] {
  return places.flatMap((place): RunEntry[] => {
    const one = ended.get(regionTargetName(place));
    if (one?.stage !== 'ended' || one.report === undefined) return [];
    const { totals, report, complete, observedAt } = one;
    const passes = Object.entries(totals.passes);
    const stopped = passes.some(([, pass]) => pass.stopped);
    if (totals.outcomes.done + totals.outcomes.failed === 0 && !stopped) return [];
    return [
      {
        path: report.slice(report.indexOf('/reports/') + '/reports/'.length),
        runId: record.runId,
        ...place,
        observedAt,
        mode,
        passes: passes.map(([pass]) => pass),
        startedBy: record.startedBy.functionArn.split(':').at(-1) ?? '',
        complete,
        images: totals.images,
        dueImages: totals.dueImages,
        actions: passes.reduce((sum, [, { actions }]) => sum + actions, 0),
        done: totals.outcomes.done,
        failed: totals.outcomes.failed,
        stopped,
      },
    ];
  });
}
