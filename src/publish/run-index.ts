import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { getObject } from '../aws/s3-objects.ts';
import type { StartedBy } from '../report/audit.ts';
import { html, Markup } from '../report/html/markup.ts';
import type { Report } from '../report/report.ts';
import { isHeldUp } from '../report/withheld.ts';
import { minute } from '../text/dates.ts';
import { count } from '../text/format.ts';
import { parseJson } from '../text/json.ts';
import { headOf, putOver, putOwn, retried } from './conditional.ts';
import { reportPrefix } from './s3-keys.ts';

const entrySchema = z.object({
  /** Where its files lie below `reports/`. */
  path: z.string().regex(/^(?:[\w-]+\/)+$/),
  runId: z.string(),
  accountId: z.string(),
  region: z.string(),
  observedAt: z.iso.datetime(),
  mode: z.enum(['dry-run', 'enforce']),
  passes: z.array(z.string()),
  startedBy: z.string(),
  complete: z.boolean(),
  images: z.number(),
  dueImages: z.number(),
  actions: z.number(),
  done: z.number(),
  failed: z.number(),
  stopped: z.boolean(),
});

/** One run, as the index of runs lists it. */
export type RunEntry = Readonly<z.infer<typeof entrySchema>>;

const indexSchema = z.looseObject({ schemaVersion: z.number(), runs: z.array(z.unknown()) });

/** The index as it was read: a row that this program can't read stays as it is. */
interface RunIndex {
  readonly runs: readonly RunEntry[];
  readonly unknown: readonly unknown[];
}

/** So many runs are listed: more than a year of five functions' daily ones. */
const MOST_RUNS = 2_000;
const MOST_UNKNOWN = 200;
const JSON_KEY = 'reports/index.json';
const PAGE_KEY = 'reports/index.html';
const NO_RUNS: RunIndex = { runs: [], unknown: [] };

/**
 * Adds a run to the index of all runs, and writes its page. Several runs may end at once: each writes over no more
 * than what it read (If-Match), and reads again where another was quicker.
 */
export async function addToIndex(s3: S3Client, bucket: string, report: Report, startedBy: StartedBy): Promise<void> {
  await addRuns(s3, bucket, [runEntry(report, startedBy)]);
}

/** The same for several runs at once. */
export async function addRuns(s3: S3Client, Bucket: string, entries: readonly RunEntry[]): Promise<void> {
  await retried(async () => {
    const { index, eTag } = await readIndex(s3, Bucket);
    const Body = indexJson(entries.reduce<readonly RunEntry[]>(withRun, index.runs), index.unknown);
    await putOver(s3, { Bucket, Key: JSON_KEY, Body, ContentType: 'application/json' }, eTag);
  });
  await retried(async () => {
    // In this order: whoever writes the page last has read the index last.
    const page = await headOf(s3, { Bucket, Key: PAGE_KEY });
    const { index } = await readIndex(s3, Bucket);
    const Body = indexPage(index.runs);
    await putOver(s3, { Bucket, Key: PAGE_KEY, Body, ContentType: 'text/html; charset=utf-8' }, page?.eTag);
  });
}

/** @throws Error where it is of a newer version than this program: writing over it would lose what that has added */
async function readIndex(
  s3: S3Client,
  Bucket: string,
): Promise<{ readonly index: RunIndex; readonly eTag?: string | undefined }> {
  const found = await getObject(s3, { Bucket, Key: JSON_KEY });
  if (found === undefined) return { index: NO_RUNS };
  const text = (await found.Body?.transformToString()) ?? '';
  const index = readRuns(text);
  if (index === 'newer')
    throw new Error(`${JSON_KEY} is of a newer version than this program and is left as it is; update the deployment`);
  if (index === undefined) {
    // What can't be read at all is set aside before it is begun anew.
    const Key = `reports/index-broken-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
    await putOwn(s3, { Bucket, Key, Body: text, ContentType: 'text/plain' });
  }
  return { index: index ?? NO_RUNS, eTag: found.ETag };
}

/** What the index tells of a run. */
function runEntry(report: Report, startedBy: StartedBy): RunEntry {
  const { runId, target, observedAt, mode, complete, totals } = report;
  return {
    path: reportPrefix(report).replace(/^reports\//, ''),
    runId,
    accountId: target.accountId,
    region: target.region,
    observedAt,
    mode,
    passes: report.passes.map(({ pass }) => pass),
    startedBy: startedBy.kind === 'lambda' ? (startedBy.functionArn.split(':').at(-1) ?? '') : startedBy.callerArn,
    complete,
    images: totals.images,
    dueImages: totals.dueImages,
    actions: report.passes.reduce((sum, { actions }) => sum + actions.length, 0),
    done: totals.outcomes.done,
    failed: totals.outcomes.failed,
    stopped: report.passes.some((pass) => isHeldUp(report, pass)),
  };
}

/** What an index holds, row by row; `newer` where it is of a later version, nothing where it is no index at all. */
export function readRuns(json: string): RunIndex | 'newer' | undefined {
  const parsed = indexSchema.safeParse(parseJson(json));
  if (!parsed.success) return undefined;
  if (parsed.data.schemaVersion > 1) return 'newer';
  const rows = parsed.data.runs.map((row) => ({ row, entry: entrySchema.safeParse(row).data }));
  return {
    runs: rows.flatMap(({ entry }) => entry ?? []),
    unknown: rows.flatMap(({ row, entry }) => (entry === undefined ? [row] : [])).slice(0, MOST_UNKNOWN),
  };
}

/** The index with one run more, the newest first; the oldest fall out. */
function withRun(runs: readonly RunEntry[], entry: RunEntry): RunEntry[] {
  const others = runs.filter(({ path }) => path !== entry.path);
  return [entry, ...others].sort((a, b) => (a.observedAt < b.observedAt ? 1 : -1)).slice(0, MOST_RUNS);
}

function indexJson(runs: readonly RunEntry[], unknown: readonly unknown[] = []): string {
  const rows = [...runs, ...unknown].map((row) => JSON.stringify(row));
  return `{"schemaVersion":1,"runs":[\n${rows.join(',\n')}\n]}\n`;
}

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:75rem;padding:0 1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #8884;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.bad{color:light-dark(#b3261e,#ff8a80);font-weight:600}.enforce{font-weight:600}`;
const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The page of past runs: static, and without network, as the reports that it links to. */
function indexPage(runs: readonly RunEntry[]): string {
  const places = new Map(runs.map(({ accountId, region }) => [`${accountId}/${region}`, { accountId, region }]));
  const latest = [...places].map(
    ([path, { accountId, region }]) =>
      html`<li><a href="../latest/${path}/report.html"><bdi>${accountId}</bdi> <bdi>${region}</bdi></a></li>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(PAGE_POLICY)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>AMI reports</title><style>${new Markup(STYLE)}</style></head>
<body><main><h1>AMI reports</h1><h2>Newest</h2><ul>${latest}</ul><h2>All runs: ${count(runs.length)}</h2><div class="scroll" tabindex="0" role="region" aria-label="All runs"><table><thead><tr><th scope="col">Observed</th><th scope="col">Account</th><th scope="col">Region</th><th scope="col">Mode</th><th scope="col">Passes</th><th scope="col" class="number">Images</th><th scope="col" class="number">Due</th><th scope="col" class="number">Actions</th><th scope="col">Ended</th><th scope="col">Started by</th></tr></thead><tbody>
${runs.map(pageRow)}</tbody></table></div></main></body></html>
`.text;
}

function pageRow(run: RunEntry): Markup {
  const { path, observedAt, accountId, region, mode, passes, images, dueImages, actions, startedBy } = run;
  const ended = endingOf(run);
  return html`<tr><td><a href="${path}report.html">${minute(observedAt)}</a></td><td>${accountId}</td><td>${region}</td><td class="${mode}">${mode}</td><td>${passes.length === 1 ? passes : 'all'}</td><td class="number">${count(images)}</td><td class="number">${count(dueImages)}</td><td class="number">${count(actions)}</td><td>${ended}</td><td><bdi>${startedBy}</bdi></td></tr>
`;
}

function endingOf({ complete, stopped, mode, done, failed }: RunEntry): Markup {
  const bad = [
    ...(complete ? [] : ['incomplete']),
    ...(stopped ? ['stopped by a limit'] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  if (bad.length > 0) return html`<span class="bad">${bad.join(', ')}</span>`;
  return html`${mode === 'enforce' ? `${count(done)} done` : 'planned'}`;
}
