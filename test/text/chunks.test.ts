import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imagesCsv } from '../../src/report/csv.ts';
import { reportHtml } from '../../src/report/html/html.ts';
import { reportJson } from '../../src/report/json.ts';
import { inChunks, jsonParts } from '../../src/text/chunks.ts';
import { tried } from '../builders/tried.ts';
import { largePlan } from '../report/large.ts';
import { aReport } from '../report/plans.ts';

const LARGEST = 400_000;

describe('a large report', () => {
  const plan = largePlan(6000);
  const report = aReport(plan);

  test.each([
    ['JSON', reportJson, 4],
    ['HTML', reportHtml, 4],
    ['CSV', imagesCsv, 4],
  ] as const)('is written as %s in pieces, none of which is long', (_, write, least) => {
    const lengths = [...write(report)].map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(LARGEST);
    expect(lengths.length).toBeGreaterThan(least);
    // Nor so small that each would be a write of its own.
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeGreaterThan(20_000);
  });

  test('shares with its plan what both hold', () => {
    const reasons = new Map<string, readonly unknown[]>(
      plan.decisions.map((decision) => [decision.image.imageId, decision.reasons]),
    );
    const copied = report.images.filter((image) => {
      const own = reasons.get(image.imageId) ?? [];
      return image.reasons.some((reason, index) => reason !== own[index] && !hasTime(reason));
    });
    expect(copied).toEqual([]);
  });
});

test('pieces say what the texts said', () => {
  tried({ numRuns: 20 }, fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (texts) => {
    const long = texts.flatMap((text) => [text, text.repeat(3000)]);
    expect([...inChunks(long)].join('')).toBe(long.join(''));
  });
});

test('JSON in parts is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect([...jsonParts(value)].join('')).toBe(JSON.stringify(value));
    }),
  );
  const long = Array.from({ length: 1234 }, (_, index) => [index]);
  expect([...jsonParts({ long, left: undefined })].join('')).toBe(JSON.stringify({ long }));
});

function hasTime(reason: object): boolean {
  return Object.values(reason).some((fact) => typeof fact === 'string' && /^\d{4}-\d\d-\d\dT/.test(fact));
}
