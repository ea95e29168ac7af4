import pc from 'picocolors';
import { REPORT_FILES } from '../publish/files.ts';
import type { Report } from '../report/report.ts';
import { type Selection, selected } from '../report/selection.ts';
import { briefTerminal } from '../report/terminal/brief.ts';
import type { Palette } from '../report/terminal/palette.ts';
import { reportTerminal } from '../report/terminal/terminal.ts';
import type { Io } from './io.ts';
import type { Format } from './options.ts';

const USUAL_WIDTH = 100;

/** What of a report is printed, and how. */
export interface Printed extends Selection {
  readonly format: Format;
  /** The table whole, not on one screen. */
  readonly details?: true;
}

/** A report in the format that was asked for, whole or in pieces. */
export function render(report: Report, printed: Printed, io: Io): string | Iterable<string> {
  const { format, details } = printed;
  const shown = selected(report, printed);
  if (format !== 'table') return REPORT_FILES[format].pieces(shown);
  return details === true ? reportTerminal(shown, terminalOf(io)) : briefTerminal(report, terminalOf(io), shown);
}

/** How to write for a terminal: its width, or a usual one in a pipe; colors unless NO_COLOR says otherwise (https://no-color.org). */
export function terminalOf({ stdout, env }: Io): { readonly width: number; readonly palette: Palette } {
  const hasColors = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return { width: stdout.columns ?? USUAL_WIDTH, palette: pc.createColors(hasColors) };
}
