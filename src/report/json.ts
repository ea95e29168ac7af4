import type { Report } from './shape.ts';

/**
 * report.json: one line for each entry of a list, so that fifty thousand images stay readable by `less`, `grep`
 * and `diff`. The same report gives the same bytes.
 */
export function reportJson(report: Report): string {
  return linewiseJson(report);
}

/** An object as JSON, with one line for each entry of its lists. */
export function linewiseJson(value: object): string {
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${lines(member)}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

function lines(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
}
