/** One part of every column, from where it begins to where it ends. */
export interface Series<Key> {
  readonly key: Key;
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** The parts of columns, each upon the ones before it in the order of the keys. */
export function stack<Column, Key extends string>(
  columns: readonly Column[],
  keys: readonly Key[],
  value: (column: Column, key: Key) => number,
): Series<Key>[] {
  const tops = columns.map(() => 0);
  return keys.map((key) => ({
    key,
    spans: columns.map((column, index) => {
      const from = tops[index] ?? 0;
      const to = from + value(column, key);
      tops[index] = to;
      return [from, to] as const;
    }),
  }));
}
