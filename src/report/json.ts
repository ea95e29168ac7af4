import { inChunks, jsonParts } from '../text/chunks.ts';
import type { Report } from './shape.ts';

/**
 * report.json, piece by piece: one line for each entry of a list, so that fifty thousand images stay readable by
 * `less`, `grep` and `diff`. The same report gives the same bytes.
 */
export function reportJson(report: Report): Iterable<string> {
  return inChunks(linewise(report));
}

/** An object as JSON, with one line for each entry of its lists. */
export function linewiseJson(value: object): string {
  return [...linewise(value)].join('');
}

function* linewise(value: object): Generator<string> {
  let before = '{\n';
  for (const [key, member] of Object.entries(value)) {
    yield `${before}${JSON.stringify(key)}: `;
    yield* lines(member);
    before = ',\n';
  }
  yield '\n}\n';
}

function* lines(value: unknown): Generator<string> {
  if (!Array.isArray(value) || value.length === 0) {
    yield* jsonParts(value);
    return;
  }
  for (const [index, item] of value.entries()) yield `${index === 0 ? '[\n' : ',\n'}${JSON.stringify(item)}`;
  yield '\n]';
}
