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
  return reportTerminal(report, { width: widthOf(io), palette: paletteFor(io) });
}

/** The width to write for: the terminal's, or a usual one in a pipe. */
export function widthOf(io: Io): number {
  return io.stdout.columns ?? USUAL_WIDTH;
}

/** Colors on a terminal, unless NO_COLOR says otherwise (https://no-color.org). */
export function paletteFor(io: Io): Palette {
  const colors = io.stdout.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
  return pc.createColors(colors);
}
