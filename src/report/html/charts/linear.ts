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
