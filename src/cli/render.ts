import pc from 'picocolors';
import { imagesCsv } from '../report/csv.ts';
import { reportHtml } from '../report/html/html.ts';
import { reportJson } from '../report/json.ts';
import { reportMarkdown } from '../report/markdown.ts';
import type { Report } from '../report/report.ts';
import type { Palette } from '../report/terminal/palette.ts';
import { reportTerminal } from '../report/terminal/terminal.ts';
import type { Io } from './io.ts';
import type { Format } from './options.ts';

const USUAL_WIDTH = 100;

/** A report in the format that was asked for, whole or in pieces. */
export function render(report: Report, format: Format, io: Io): string | Iterable<string> {
  switch (format) {
    case 'table':
      return renderTable(report, io);
    case 'json':
      return reportJson(report);
    case 'markdown':
      return reportMarkdown(report);
    case 'html':
      return reportHtml(report);
    case 'csv':
      return imagesCsv(report);
  }
}

/** A report for a person at this terminal. */
export function renderTable(report: Report, io: Io): string {
  return reportTerminal(report, terminalOf(io));
}

/** How to write for a terminal: its width, or a usual one in a pipe; colors unless NO_COLOR says otherwise (https://no-color.org). */
export function terminalOf({ stdout, env }: Io): { readonly width: number; readonly palette: Palette } {
  const hasColors = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return { width: stdout.columns ?? USUAL_WIDTH, palette: pc.createColors(hasColors) };
}
