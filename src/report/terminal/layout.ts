import { sum } from 'd3-array';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { moreThan } from '../sections.ts';
import type { Palette } from './palette.ts';

const NARROWEST = 20;
const NARROW = 72;
const GAP = 2;
/** Rows of one section before the rest is only counted. */
export const MOST_ROWS = 50;
/** The width of a column of ids, which are never broken. */
export const ID_WIDTH = 22;

/** How to write for one terminal. */
export interface TerminalOptions {
  /** Columns; 40 is narrow and still readable. */
  readonly width: number;
  readonly palette: Palette;
}

/** A column: its heading, how much of the width it takes (fixed, or its share of the rest), and its text in a row. */
export interface Column<Row> {
  readonly head: string;
  readonly fixed?: number;
  readonly share?: number;
  readonly cell: (row: Row) => string;
}

/** Text wrapped into a width, each line indented. */
export function wrapped(text: string, width: number, indent = 0): string {
  const room = Math.max(NARROWEST, width) - indent;
  const prefix = ' '.repeat(indent);
  return wrapAnsi(text, room, { hard: true })
    .split('\n')
    .map((line) => `${prefix}${line}`.trimEnd())
    .join('\n');
}

/** Whether rows stand with their cells below each other. */
export function isNarrow({ width }: TerminalOptions): boolean {
  return width < NARROW;
}

/** A line over rows in columns; where the terminal is narrow, each row's cells below each other. */
export function table<Row>(
  lead: string,
  columns: readonly Column<Row>[],
  items: readonly Row[],
  options: TerminalOptions,
): string {
  const { width, palette } = options;
  const cells = items.slice(0, MOST_ROWS).map((item) => columns.map(({ cell }) => cell(item)));
  const body = isNarrow(options) ? stacked(cells, width) : tabular(columns, cells, options);
  const more = moreThan(MOST_ROWS, items.length, '; other formats list them all.');
  return [
    ...(lead === '' ? [] : [wrapped(lead, width)]),
    ...(items.length === 0 ? [] : [body]),
    ...more.map((line) => wrapped(palette.dim(line), width, 2)),
  ].join('\n');
}

/** Lines under a title, so many at most; nothing where there are none. */
export function list(
  title: string,
  lines: readonly string[],
  { width, palette }: TerminalOptions,
  most = lines.length,
): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, most).map((line) => wrapped(line, width, 2));
  return [[wrapped(palette.bold(title), width), ...shown].join('\n')];
}

function stacked(cells: readonly (readonly string[])[], width: number): string {
  const lines = cells.flatMap(([first = '', ...rest]) => [
    wrapped(first, width, 2),
    ...rest.filter((cell) => cell !== '').map((cell) => wrapped(cell, width, 4)),
  ]);
  return lines.join('\n');
}

function tabular<Row>(
  columns: readonly Column<Row>[],
  cells: readonly (readonly string[])[],
  { width, palette }: TerminalOptions,
): string {
  const fixed = GAP + sum(columns, (column) => (column.fixed ?? 0) + GAP);
  const shares = sum(columns, ({ share = 0 }) => share);
  const widths = columns.map(
    ({ fixed: own, share = 0 }) => own ?? Math.max(6, Math.floor(((width - fixed) * share) / shares)),
  );
  const heads = columns.map(({ head }) => (head === '' ? '' : palette.dim(head)));
  return [heads, ...cells].flatMap((row) => rowLines(row, widths)).join('\n');
}

/** One row: each cell wrapped into its column, and the columns side by side. */
function rowLines(row: readonly string[], widths: readonly number[]): string[] {
  const wrappedCells = row.map((cell, index) => wrapAnsi(cell, widths[index] ?? 0, { hard: true }).split('\n'));
  const height = Math.max(...wrappedCells.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    wrappedCells
      .map(({ [at]: line = '' }, index) => {
        const room = (widths[index] ?? 0) - stringWidth(line);
        return ' '.repeat(GAP) + line + ' '.repeat(Math.max(0, room));
      })
      .join('')
      .trimEnd(),
  );
}
