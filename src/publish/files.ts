import { imagesCsv } from '../report/csv.ts';
import { reportHtml } from '../report/html/html.ts';
import { reportJson } from '../report/json.ts';
import { reportMarkdown } from '../report/markdown.ts';
import type { Report } from '../report/report.ts';

/** A report as a file. */
export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  /** Its text in pieces, made anew each time, so that no file ever lies in memory as a whole. */
  readonly pieces: (report: Report) => Iterable<string>;
}

/** The files of a report, by format. */
export const REPORT_FILES: Readonly<Record<'json' | 'markdown' | 'html' | 'csv', ReportFile>> = {
  json: { name: 'report.json', contentType: 'application/json', pieces: reportJson },
  markdown: {
    name: 'report.md',
    contentType: 'text/markdown; charset=utf-8',
    pieces: (report) => [reportMarkdown(report)],
  },
  html: { name: 'report.html', contentType: 'text/html; charset=utf-8', pieces: reportHtml },
  csv: { name: 'images.csv', contentType: 'text/csv; charset=utf-8', pieces: imagesCsv },
};
