import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/model/plan.ts';
import type { Report } from '../../src/report/report.ts';
import { briefTerminal } from '../../src/report/terminal/brief.ts';
import { tried } from '../builders/tried.ts';
import { largePlan } from './large.ts';
import { aPlan, aReport, daysAgo, due, fullPlan, image, imageId, RUN } from './plans.ts';
import { PLAIN } from './texts.ts';

const MOST_LINES = 40;
const at = (width: number, report: Report) => briefTerminal(report, { width, palette: PLAIN });
const linesOf = (text: string) => text.trimEnd().split('\n');
const UNREADABLE = {
  complete: false,
  sources: [
    { name: 'instances', status: 'unreadable', references: 0, calls: 2, error: 'access denied: no permission' },
  ],
} as const;

/** A pass over so many images, and so many that a limit leaves to later runs. */
function disabling(numbers: number, deferred = 0): Report {
  const action = (number: number): Action => ({ action: 'disable', imageId: imageId(number), rule: 'r' });
  const all = Array.from({ length: numbers + deferred }, (_, index) => index + 1);
  return aReport({
    decisions: all.map((number) => due(image(number), 'disable')),
    passes: [{ pass: 'disable', actions: all.slice(0, numbers).map(action), deferred: all.slice(numbers).map(action) }],
  });
}

describe('the report on one screen', () => {
  const LARGE = aReport(largePlan(5000));

  test.each([80, 160])('fits it at %i columns, whatever the account', (width) => {
    for (const report of [aReport(), aReport(fullPlan()), disabling(50, 700), LARGE, aReport(fullPlan(UNREADABLE))]) {
      const lines = linesOf(at(width, report));
      expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
      expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
    }
  });

  test('no text of the account writes anything but visible characters, nor past the edge, nor more lines', () => {
    const hostile = fc.oneof(
      fc.constantFrom('\u001b[31mred', 'two\nlines', '\u202Eevil', 'x'.repeat(255), '漢'.repeat(40)),
      fc.string({ unit: 'binary' }),
    );
    tried({ numRuns: 60 }, hostile, fc.integer({ min: 72, max: 200 }), (text, width) => {
      const named = { name: text, tags: { Owner: text } };
      const decisions = [2, 3, 6].map((number) => due(image(number, named), 'deprecate'));
      const sources = [{ name: text, status: 'unreadable', references: 0, calls: 1, error: text }] as const;
      const report = aReport(fullPlan({ decisions, sources, complete: false, warnings: [text, text, text, text] }));
      const lines = linesOf(at(width, report));
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(line))).toEqual([]);
      expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
    });
  });

  test('colors change no character', () => {
    for (const report of [aReport(fullPlan(UNREADABLE)), disabling(50, 700)]) {
      const colored = briefTerminal(report, { width: 80, palette: pc.createColors(true) });
      expect(colored).not.toBe(at(80, report));
      expect(stripVTControlCharacters(colored)).toBe(at(80, report));
    }
  });

  test('a row has action, id, name, owner, age and the reason that tells it from the others; ids are whole', () => {
    const rank = { code: 'beyond-newest', rank: 4, keep: 3, group: 'web', size: 9 } as const;
    const reasons = [
      { code: 'unreferenced', sources: 13 },
      rank,
      { code: 'older-than', ageDays: 90, days: 60 },
    ] as const;
    const report = aReport({ ...fullPlan(), decisions: [due(image(2), 'deprecate', reasons)] });
    expect(at(160, report)).toMatch(
      new RegExp(`^deprecate +${imageId(2)} +webapp-2 +webapp-team@example\\.com +90d +4th newest of 9$`, 'm'),
    );
    for (const width of [40, 60, 80]) expect(at(width, report)).toContain(imageId(2));
  });

  test('counts the rows that it leaves out, and what later runs do', () => {
    const text = at(80, disabling(50, 700));
    const rows = linesOf(text).filter((line) => line.startsWith('disable ')).length;
    expect(rows).toBeGreaterThan(10);
    expect(text).toContain(`and ${50 - rows} more: --details; 700 left to later runs`);
  });

  test('shows some of every pass, and of every kind of action in it', () => {
    for (const action of ['deprecate', 'reinstate', 'deregister', 'delete'])
      expect(at(80, aReport(fullPlan()))).toMatch(new RegExp(`^${action} +(?:ami|snap)-`, 'm'));
  });

  test('says why the others stay, in counts', () => {
    expect(at(80, aReport(fullPlan()))).toContain('Kept 4: in use 2 · waiting for next step 1 · too young 1');
  });

  test('ends in what the run does, what it saves now and when complete, and how to see more', () => {
    const report = aReport(fullPlan());
    const summary = at(160, report).trimEnd().split('\n\n').at(-1) ?? '';
    expect(linesOf(summary)).toEqual([
      'This run would deprecate 1 image, reinstate 1 image, deregister 1 image with 1 snapshot and delete 1 snapshot.',
      'It would save up to $0.40 a month (8 GiB), up to $0.60 once all due images are gone (12 GiB).',
      'See more: --details prints everything, explain IMAGE_ID all of one image; --out DIR writes a page.',
    ]);
    expect(at(160, disabling(5, 2))).toContain('Deferred to later runs by limits.perRun: disable 2.');
    expect(at(160, aReport(aPlan()))).toContain('This run would do nothing.');
  });

  test('an incomplete report says once what could not be read, what that means and how to mend it', () => {
    const text = at(80, aReport(fullPlan(UNREADABLE)));
    expect(text.match(/INCOMPLETE/g)).toHaveLength(1);
    const [, alarm = ''] = text.split('\n\n');
    expect(alarm.replace(/\s+/g, ' ')).toMatch(
      /every image and snapshot stays .*instances: access denied: no permission .*To mend it, allow what was denied/,
    );
  });

  test('a plan for another time says so at its head and in its summary', () => {
    const text = at(160, aReport(fullPlan({ at: daysAgo(-100) })));
    expect(text).toContain('Planned for 2027-03-01 02:00 UTC');
    expect(text).toContain('On 2027-03-01 a run would deprecate 1 image');
    expect(at(160, aReport(fullPlan()))).not.toContain('Planned for');
  });

  test('of an enforcing run failures come first, with why, and the summary counts what was done', () => {
    const outcomes = [
      { action: 'deprecate', resourceId: imageId(2), status: 'done' },
      { action: 'reinstate', resourceId: imageId(6), status: 'failed', reason: 'RequestLimitExceeded' },
    ] as const;
    const text = at(160, aReport(fullPlan(), { run: { ...RUN, mode: 'enforce' }, outcomes }));
    expect(text).toMatch(/^reinstate .*Failed: RequestLimitExceeded\.\n(?:.*\n)?deprecate /m);
    expect(text).toContain('This run deprecated 1 image; 1 action failed.');
  });
});
