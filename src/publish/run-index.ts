import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { getObject, headOf, putOver, putOwn, retried } from '../aws/s3-objects.ts';
import type { StartedBy } from '../report/audit.ts';
import { html } from '../report/html/markup.ts';
import { sectionMarkup, staticPage } from '../report/html/static-page.ts';
import type { Report } from '../report/report.ts';
import type { Cell } from '../report/sections.ts';
import { isHeldUp } from '../report/withheld.ts';
import { count, minute } from '../text/format.ts';
import { parseJson } from '../text/json.ts';
import { reportPrefix } from './s3-keys.ts';
import { trendTable } from './trend.ts';

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
  /** Of all snapshots; absent in what an earlier version wrote, as is the next. */
  storageGiB: z.exactOptional(z.number()),
  /** US dollars a month, once all that is due is gone. */
  savingUpTo: z.exactOptional(z.number()),
  /** It asked a question: of another policy, another time or another place. */
  whatIf: z.exactOptional(z.literal(true)),
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
  /** S3's mark of this version; absent where there is none yet. */
  readonly eTag?: string | undefined;
}

/** So many runs are listed: more than a year of five functions' daily ones. */
const MOST_RUNS = 2_000;
const MOST_UNKNOWN = 200;
const JSON_KEY = 'reports/index.json';
const PAGE_KEY = 'reports/index.html';
const NO_RUNS: RunIndex = { runs: [], unknown: [] };

/**
 * Adds runs to the index of all runs, and writes its page. Several runs may end at once: each writes over no more
 * than what it read (If-Match), and reads again where another was quicker.
 */
export async function addRuns(s3: S3Client, Bucket: string, entries: readonly RunEntry[]): Promise<void> {
  await retried(async () => {
    const { runs, unknown, eTag } = await readIndex(s3, Bucket);
    const rows = [...entries.reduce<readonly RunEntry[]>(withRun, runs), ...unknown].map((row) => JSON.stringify(row));
    const Body = `{"schemaVersion":1,"runs":[\n${rows.join(',\n')}\n]}\n`;
    await putOver(s3, { Bucket, Key: JSON_KEY, Body, ContentType: 'application/json' }, eTag);
  });
  await retried(async () => {
    // In this order: whoever writes the page last has read the index last.
    const page = await headOf(s3, { Bucket, Key: PAGE_KEY });
    const { runs } = await readIndex(s3, Bucket);
    const Body = indexPage(runs);
    await putOver(s3, { Bucket, Key: PAGE_KEY, Body, ContentType: 'text/html; charset=utf-8' }, page?.eTag);
  });
}

/** @throws Error where it is of a newer version than this program: writing over it would lose what that has added */
async function readIndex(s3: S3Client, Bucket: string): Promise<RunIndex> {
  const found = await getObject(s3, { Bucket, Key: JSON_KEY });
  if (found === undefined) return NO_RUNS;
  const text = (await found.Body?.transformToString()) ?? '';
  const index = readRuns(text);
  if (index === 'newer')
    throw new Error(`${JSON_KEY} is of a newer version than this program and is left as it is; update the deployment`);
  if (index === undefined) {
    // What can't be read at all is set aside before it is begun anew.
    const Key = `reports/index-broken-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
    await putOwn(s3, { Bucket, Key, Body: text, ContentType: 'text/plain' });
  }
  return { ...(index ?? NO_RUNS), eTag: found.ETag };
}

/** The figures of an account that the index tells of a run. */
export function figuresOf({
  images,
  dueImages,
  storage,
  dueStorage,
}: Pick<Report['totals'], 'images' | 'dueImages' | 'storage' | 'dueStorage'>) {
  return { images, dueImages, storageGiB: storage.storageGiB, savingUpTo: dueStorage.monthlyCostUpTo };
}

/** What the index tells of a run. */
export function runEntry(report: Report, startedBy: StartedBy, isLatest: boolean): RunEntry {
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
    ...figuresOf(totals),
    ...(!isLatest && { whatIf: true }),
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

/** The page of past runs: static, and without network, as the reports that it links to. */
function indexPage(runs: readonly RunEntry[]): string {
  const all = sectionMarkup({
    title: `All runs: ${count(runs.length)}`,
    heads: ['Observed', 'Account', 'Region', 'Mode', 'Passes', 'Images', 'Due', 'Actions', 'Ended', 'Started by'],
    rows: runs.map(pageRow),
  });
  const body = html`<h2>Newest</h2>${trendTable(runs)}${all}`;
  return staticPage('AMI reports', body, 'white-space:nowrap;vertical-align:top', '.enforce{font-weight:600}');
}

function pageRow(run: RunEntry): Cell[] {
  const { path, observedAt, accountId, region, mode, passes, images, dueImages, actions, startedBy } = run;
  return [
    { text: minute(observedAt), href: `${path}report.html` },
    accountId,
    region,
    { text: mode, look: mode },
    passes.length === 1 ? passes.join() : 'all',
    images,
    dueImages,
    actions,
    endingOf(run),
    { isolated: startedBy },
  ];
}

function endingOf({ complete, stopped, mode, done, failed }: RunEntry): Cell {
  const bad = [
    ...(complete ? [] : ['incomplete']),
    ...(stopped ? ['stopped by a limit'] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  if (bad.length > 0) return { text: bad.join(', '), look: 'bad' };
  return mode === 'enforce' ? `${count(done)} done` : 'planned';
}
