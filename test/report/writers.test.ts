import { stripVTControlCharacters } from 'node:util';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { buildReport } from '../../src/report/report.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { tried } from '../builders/tried.ts';
import { aPlan, aReport, due, fullPlan, image, imageId, keep, RUN, TEMPLATE } from './plans.ts';
import { imagesCsv, PLAIN, reportHtml } from './texts.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '=cmd()',
  'a|b',
  'two\nlines',
  '\u202Eevil',
  '\u001b[31mred',
  '`',
  'x'.repeat(255),
  '漢'.repeat(40),
  'אבג',
];
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));
const UNREADABLE = {
  complete: false,
  sources: [{ name: 'instances', status: 'unreadable', references: 0, calls: 2, error: 'UnauthorizedOperation' }],
} as const;

/** A report in which every text that the account holds is hostile. */
function hostileReport(text: string) {
  const named = { name: text, description: text, tags: { Owner: text } };
  return aReport({
    target: { accountId: '123456789012', region: text },
    decisions: [
      keep(
        image(1, named),
        [
          { code: 'referenced', references: 1 },
          { code: 'protected-tag', key: text, value: text, pattern: text },
        ],
        {
          rule: text,
          references: [{ kind: 'ec2:LaunchTemplate', resource: text, detail: text, namedBy: [] }],
        },
      ),
      due(image(2, named), 'deprecate', [{ code: 'beyond-newest', rank: 2, keep: 1, group: text, size: 2 }]),
    ],
    passes: [
      {
        pass: 'deprecate',
        actions: [{ action: 'deprecate', imageId: imageId(2), rule: text, alreadyDeprecated: false }],
        deferred: [],
      },
    ],
    sources: [{ name: text, status: 'unreadable', references: 0, calls: 1, error: text }],
    complete: false,
    dangling: [{ missing: text, namedBy: [text] }],
    warnings: [text],
  });
}

describe('at a terminal', () => {
  const wide = { width: 100, palette: PLAIN };

  test('no text of the account writes anything but visible characters, nor past the edge', () => {
    tried({ numRuns: 60 }, hostile, fc.integer({ min: 40, max: 200 }), (text, width) => {
      const lines = reportTerminal(hostileReport(text), { width, palette: PLAIN }).split('\n');
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(line))).toEqual([]);
      expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
    });
  });

  test('colors change no character', () => {
    const report = aReport(fullPlan(UNREADABLE));
    const colored = reportTerminal(report, { width: 100, palette: pc.createColors(true) });
    expect(colored).not.toBe(reportTerminal(report, wide));
    expect(stripVTControlCharacters(colored)).toBe(reportTerminal(report, wide));
  });

  test('an incomplete report says so first and last', () => {
    const text = reportTerminal(aReport(fullPlan(UNREADABLE)), wide);
    const sections = text.trimEnd().split('\n\n');
    expect(sections[1]).toMatch(/INCOMPLETE[\s\S]*instances: UnauthorizedOperation/);
    expect(sections.at(-1)).toBe(sections[1]);
    expect(reportTerminal(aReport(fullPlan()), wide)).not.toContain('INCOMPLETE');
  });

  test('every action is told with its reasons, and ids are whole even at 40 columns', () => {
    for (const width of [40, 72, 100]) {
      const text = reportTerminal(aReport(fullPlan()), { width, palette: PLAIN });
      for (const number of [2, 3, 6]) expect(text).toContain(imageId(number));
      expect(text.replace(/\s+/g, ' ')).toContain('Reinstate: lift the');
    }
  });

  test('failures of an enforcing run come with why', () => {
    const outcomes = [
      { action: 'deprecate', resourceId: imageId(2), status: 'failed', reason: 'RequestLimitExceeded' },
    ] as const;
    const report = buildReport({ run: { ...RUN, mode: 'enforce' }, plan: fullPlan(), outcomes, ownerTag: 'Owner' });
    expect(reportTerminal(report, wide)).toMatch(
      /FAILED: 1 action[\s\S]*RequestLimitExceeded[\s\S]*Failed: RequestLimitExceeded\./,
    );
    expect(reportMarkdown(report)).toMatch(/## Failed: 1[\s\S]*RequestLimitExceeded/);
  });

  test('the rest of a long pass is counted', () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
    const report = aReport({
      decisions: numbers.map((number) => due(image(number), 'disable')),
      passes: [
        {
          pass: 'disable',
          actions: numbers.map((number) => ({ action: 'disable', imageId: imageId(number), rule: 'r' })),
          deferred: [],
        },
      ],
    });
    expect(reportTerminal(report, wide)).toContain('… and 10 more');
  });
});

describe('Markdown', () => {
  test('an incomplete report says so before its totals', () => {
    const text = reportMarkdown(aReport(fullPlan(UNREADABLE)));
    expect(text.indexOf('Incomplete')).toBeGreaterThan(0);
    expect(text.indexOf('Incomplete')).toBeLessThan(text.indexOf('## Totals'));
    expect(text).toContain('**instances**: UnauthorizedOperation');
  });

  test('hostile text adds no line and no column', () => {
    const shape = (text: string) =>
      reportMarkdown(hostileReport(text))
        .split('\n')
        .map((line) => line.replace(/\\./g, '').split('|').length);
    tried(
      { numRuns: 60 },
      hostile.filter((text) => text.trim() !== ''),
      (text) => {
        expect(shape(text)).toEqual(shape('plain'));
      },
    );
  });

  test('an empty account is a report too', () => {
    expect(reportMarkdown(aReport(aPlan()))).toContain('| Images | 0 |');
    expect(reportTerminal(aReport(aPlan()), { width: 80, palette: PLAIN })).toContain('0 images: none');
  });
});

describe('CSV', () => {
  test('has one line for each image, whatever its name', () => {
    tried({ numRuns: 60 }, hostile, (text) => {
      const csv = imagesCsv(hostileReport(text));
      expect(csv.trimEnd().split('\n')).toHaveLength(3);
      const rows = parse(csv, { columns: true });
      expect(rows).toMatchObject([{ imageId: imageId(1) }, { imageId: imageId(2) }]);
    });
  });

  test('tells the whole reasoning and quotes every field', () => {
    const csv = imagesCsv(
      aReport({ decisions: [keep(image(1), [{ code: 'referenced', references: 1 }], { references: [TEMPLATE] })] }),
    );
    const [row] = parse(csv, { columns: true });
    expect(row).toMatchObject({
      reasonCodes: 'referenced',
      references: 'ec2:LaunchTemplate lt-0abc "web" version 7, named by Auto Scaling group "web-prod"',
    });
    expect(csv).toMatch(/"",""\n$/);
  });
});

describe('a source says what it read, in its noun', () => {
  const calls = 3;
  const rows = [
    [
      { name: 'auto-scaling-groups', status: 'read', references: 2, calls, read: 15 },
      '15 Auto Scaling groups read, 2 references',
    ],
    [
      { name: 'instance-refreshes', status: 'read', references: 1, calls, read: 0 },
      '0 instance refreshes read, 1 reference',
    ],
    [
      { name: 'launch-templates', status: 'read', references: 0, calls, read: 1 },
      '1 launch template version read, 0 references',
    ],
    [{ name: 'images', status: 'read', references: 1200, calls, read: 1200 }, '1,200 images read'],
    // As reports and recordings of before say it.
    [{ name: 'instances', status: 'read', references: 2, calls }, '2 references'],
    [{ name: 'snapshots', status: 'read', references: 4, calls }, '4 snapshots read'],
  ] as const;

  test.each(rows)('%o', (source, said) => {
    const report = aReport({ sources: [source] });
    const read = /(.+) read/.exec(said)?.[1] ?? '';
    const references = /(\d+) reference/.exec(said)?.[1] ?? '';
    expect(reportTerminal(report, { width: 100, palette: PLAIN })).toContain(`${source.name}: ${said} in 3 calls\n`);
    const cells = [read, references, '3', ''].map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|');
    expect(reportMarkdown(report)).toContain(`| ${source.name} | read |${cells}|\n`);
    expect(reportHtml(report)).toContain(
      `<span class="status">read</span></td><td>${read}</td><td>${references}</td><td>3</td>`,
    );
  });

  test('and nothing where it could not be read', () => {
    expect(reportMarkdown(aReport(UNREADABLE))).toContain(
      '| instances | unreadable | | 0 | 2 | UnauthorizedOperation |',
    );
  });
});
