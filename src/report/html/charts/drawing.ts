import { html, type Markup, scrollTable } from '../markup.ts';

/**
 * A straight line from one range to another. Of d3-scale's own, which mixes colors and formats ticks too, functions
 * would carry 25 KB.
 */
export function linear(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  return (value) => start + (end - start) * ((value - from) / (to - from));
}

/** The parts of columns, each upon the ones before it in the order of the keys: where it begins and where it ends. */
export function stack<Column, Key extends string>(
  columns: readonly Column[],
  keys: readonly Key[],
  value: (column: Column, key: Key) => number,
) {
  const tops = new Map<Column, number>();
  return keys.flatMap((key) =>
    columns.map((column) => {
      const from = tops.get(column) ?? 0;
      const to = from + value(column, key);
      tops.set(column, to);
      return { key, column, from, to };
    }),
  );
}

/** A position across: a percentage, so that a drawing takes any width and its text keeps its size. */
export function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

/** A drawing's figures for those who do not see it. */
export function asTable(title: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  return html`<details><summary>As a table</summary>${scrollTable(`${title}, as a table`, heads, rows)}</details>`;
}
