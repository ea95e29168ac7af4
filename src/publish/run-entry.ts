import * as z from 'zod';
import type { StartedBy } from '../report/audit.ts';
import type { Report } from '../report/report.ts';
import { isHeldUp } from '../report/withheld.ts';
import { parseJson } from '../text/json.ts';
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
export interface RunIndex {
  readonly runs: readonly RunEntry[];
  readonly unknown: readonly unknown[];
}

/** So many runs are listed: more than a year of five functions' daily ones. */
const MOST_RUNS = 2_000;
const MOST_UNKNOWN = 200;

/** What the index tells of a run. */
export function runEntry(report: Report, startedBy: StartedBy): RunEntry {
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
export function withRun(runs: readonly RunEntry[], entry: RunEntry): RunEntry[] {
  const others = runs.filter(({ path }) => path !== entry.path);
  return [entry, ...others].sort((a, b) => (a.observedAt < b.observedAt ? 1 : -1)).slice(0, MOST_RUNS);
}

/** The index as it is written. */
export function indexJson(runs: readonly RunEntry[], unknown: readonly unknown[] = []): string {
  const rows = [...runs, ...unknown].map((row) => JSON.stringify(row));
  return `{"schemaVersion":1,"runs":[\n${rows.join(',\n')}\n]}\n`;
}
