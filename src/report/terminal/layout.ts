import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const NARROWEST = 20;
const NARROW = 72;
const GAP = 2;
/** A column: its heading, and how much of the width it takes; a fixed one holds ids, which are never broken. */
export interface Column {
  readonly head: string;
  readonly fixed?: number;
  readonly share?: number;
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

/** Rows in columns; where the terminal is narrow, each row's cells below each other. */
export function rows(columns: readonly Column[], cells: readonly (readonly string[])[], width: number): string {
  return width < NARROW ? stacked(cells, width) : tabular(columns, cells, width);
}

function stacked(cells: readonly (readonly string[])[], width: number): string {
  return cells
    .map(([first = '', ...rest]) =>
      [wrapped(first, width, 2), ...rest.filter((cell) => cell !== '').map((cell) => wrapped(cell, width, 4))].join(
        '\n',
      ),
    )
    .join('\n');
}

function tabular(columns: readonly Column[], cells: readonly (readonly string[])[], width: number): string {
  const fixed = columns.reduce((sum, column) => sum + (column.fixed ?? 0) + GAP, GAP);
  const shares = columns.reduce((sum, column) => sum + (column.share ?? 0), 0);
  const widths = columns.map(
    ({ fixed: own, share = 0 }) => own ?? Math.max(6, Math.floor(((width - fixed) * share) / shares)),
  );
  const lines = [columns.map(({ head }) => head), ...cells].flatMap((row) => rowLines(row, widths));
  return lines.join('\n');
}

/** One row: each cell wrapped into its column, and the columns side by side. */
function rowLines(row: readonly string[], widths: readonly number[]): string[] {
  const wrappedCells = row.map((cell, index) => wrapAnsi(cell, widths[index] ?? 0, { hard: true }).split('\n'));
  const height = Math.max(...wrappedCells.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    wrappedCells
      .map((lines, index) => ' '.repeat(GAP) + padded(lines[at] ?? '', widths[index] ?? 0))
      .join('')
      .trimEnd(),
  );
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
