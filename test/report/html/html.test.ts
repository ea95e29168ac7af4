import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from '../../../src/report/html/markup.ts';
import { pageData } from '../../../src/report/html/page-data.ts';
import { largePlan } from '../large.ts';
import { aReport, fullPlan, image, keep } from '../plans.ts';
import { embeddedJson, reportHtml } from '../texts.ts';

test('a template takes every value for text but markup', () => {
  const name = '<script>';
  expect(html`<b title="${'"'}">${name}${html`<i>${1}</i>`}${[html`<u></u>`, '&']}${undefined}</b>`.text).toBe(
    '<b title="&#34;">&#60;script&#62;<i>1</i><u></u>&#38;</b>',
  );
});

test('data inside the page ends no element and comes back the same', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('</script>', '<!--<script>', '\u2028')),
      (text) => {
        const json = embeddedJson([text]);
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual([text]);
      },
    ),
  );
});

test('the columns hold the whole reasoning of every image', () => {
  const report = aReport(largePlan(200));
  const data = pageData(report);
  report.images.forEach(({ imageId, reasons, owner, references }, row) => {
    expect(data.imageIds[row]).toBe(imageId);
    expect(data.reasons[row]?.map((index) => data.codes[data.reasonTable[index]?.[0] ?? -1])).toEqual(
      reasons.map(({ code }) => code),
    );
    expect(data.owners[data.owner[row] ?? -1] ?? null).toBe(owner);
    expect(data.references[row]).toHaveLength(references.length);
  });
});

describe('the page', () => {
  const page = reportHtml(aReport(fullPlan()));

  test('runs nothing but what its policy names by hash, and has no style or handler of its own in an attribute', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const script = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? '');
    const style = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
    const hash = (text = '') => createHash('sha256').update(text).digest('base64');
    expect([script.length, style.length]).toEqual([1, 1]);
    expect(policy).toContain(`script-src 'sha256-${hash(script[0])}'`);
    expect(policy).toContain(`style-src 'sha256-${hash(style[0])}'`);
    expect(policy).toContain("default-src 'none'");
    const markup = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/<[^>]*\s(?:style|on[a-z]+|src)=/);
  });

  test('is the same for the same report', () => expect(reportHtml(aReport(fullPlan()))).toBe(page));

  test('begins with what could be saved, in the sum and by this run', () => {
    const headline = (text: string) => /class="headline">([^<]*)/.exec(text)?.[1];
    expect(headline(page)).toBe('Save up to $0.60 a month; $0.40 with this run');
    expect(page.indexOf('class="headline"')).toBeLessThan(page.indexOf('id="warnings"'));
    expect(headline(reportHtml(aReport()))).toBe('Nothing to save');
    expect(headline(reportHtml(aReport({ complete: false })))).toBe('What could be saved is not known');
  });

  test('tells what a stopped pass and a failed action are, before anything else', () => {
    const stopped = { due: 3, ofImages: 7, percent: 42.9, stopAbovePercent: 25 };
    const text = reportHtml(
      aReport({
        decisions: [keep(image(1), [{ code: 'no-rule' }])],
        passes: [{ pass: 'deregister', actions: [], deferred: [], stopped }],
      }),
    );
    expect(text.indexOf('Stopped by a limit')).toBeGreaterThan(0);
    expect(text.indexOf('Stopped by a limit')).toBeLessThan(text.indexOf('class="cards"'));
  });
});

test('what is generated is up to date (npm run generate)', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/generate.ts', '--check']);
  expect(stdout.trim()).toBe('up to date');
});
