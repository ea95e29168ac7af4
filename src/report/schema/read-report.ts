import * as z from 'zod';
import type { Report, ReportImage } from '../shape.ts';
import { reportImage, reportSchema } from './schema.ts';

/** What came of reading a report that an earlier run, perhaps of another version, has written. */
export type ParsedReport =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly problem: string };

const LINE_FEED = 10;
const CLOSING_BRACKET = 93;
/** How the longest lists begin; an entry a line follows. */
const LISTS: ReadonlyMap<string, 'images' | 'snapshots'> = new Map([
  ['"images": [', 'images'],
  ['"snapshots": [', 'snapshots'],
]);

/**
 * Reads report.json and gives its images one by one; neither they nor the snapshots are held. What this tool has
 * written has one a line; of a report in any other form all is parsed at once.
 * @param onImage hears each image, with the report that it is of; that has none itself
 */
export function readReport(json: Uint8Array, onImage: (image: ReportImage, of: Report) => void): ParsedReport {
  try {
    const parsed = reportOf(reportHead(json));
    if (!parsed.ok) return parsed;
    const report: Report = { ...parsed.report, images: [], snapshots: [] };
    for (const image of parsed.report.images) onImage(image, report);
    for (const { list, line } of linesOf(json)) {
      if (list !== 'images') continue;
      const image = reportImage.safeParse(JSON.parse(textOf(line).replace(/,$/, '')));
      if (!image.success) return { ok: false, problem: `images: ${problemOf(image.error)}` };
      onImage(image.data, report);
    }
    return { ok: true, report };
  } catch (error) {
    return { ok: false, problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What report.json holds beside the lines of its images and snapshots. @throws SyntaxError where it is not JSON */
function reportHead(json: Uint8Array): unknown {
  const head: string[] = [];
  for (const { list, line } of linesOf(json)) if (list === undefined) head.push(textOf(line));
  return JSON.parse(head.join('\n'));
}

interface Line {
  /** The list whose entry it is, where that is a long one. */
  readonly list: 'images' | 'snapshots' | undefined;
  readonly line: Uint8Array;
}

function* linesOf(json: Uint8Array): Generator<Line> {
  let list: Line['list'];
  let start = 0;
  while (start < json.length) {
    const found = json.indexOf(LINE_FEED, start);
    const end = found === -1 ? json.length : found;
    const line = json.subarray(start, end);
    if (line[0] === CLOSING_BRACKET) list = undefined;
    yield { list, line };
    list ??= LISTS.get(textOf(line.subarray(0, 20)));
    start = end + 1;
  }
}

function textOf(line: Uint8Array): string {
  return new TextDecoder().decode(line);
}

/** What JSON holds, as a report, or why it is none. */
function reportOf(value: unknown): ParsedReport {
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return { ok: true, report: parsed.data };
  const version = z.looseObject({ schemaVersion: z.number() }).safeParse(value);
  if (version.success && version.data.schemaVersion !== 1) {
    return { ok: false, problem: `it is of schema version ${version.data.schemaVersion}, and this version reads 1` };
  }
  return { ok: false, problem: problemOf(parsed.error) };
}

function problemOf(error: z.ZodError): string {
  return z.prettifyError(error).split('\n').slice(0, 4).join(' ');
}
