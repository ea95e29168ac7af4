import { imagesCsv } from '../report/csv.ts';
import { reportHtml } from '../report/html/html.ts';
import { reportJson } from '../report/json.ts';
import { reportMarkdown } from '../report/markdown.ts';
import type { Report } from '../report/report.ts';

/** A report as a file. */
export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  readonly content: string;
}

/** The files of one report, written one at a time, so that only one lies in memory. */
export function* reportFiles(report: Report): Generator<ReportFile> {
  yield { name: 'report.json', contentType: 'application/json', content: reportJson(report) };
  yield { name: 'report.md', contentType: 'text/markdown; charset=utf-8', content: reportMarkdown(report) };
  yield { name: 'report.html', contentType: 'text/html; charset=utf-8', content: reportHtml(report) };
  yield { name: 'images.csv', contentType: 'text/csv; charset=utf-8', content: imagesCsv(report) };
}
