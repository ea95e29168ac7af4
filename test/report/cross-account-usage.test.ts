import { describe, expect, test } from 'vitest';
import type { Reference } from '../../src/model/reference.ts';
import { explainImage, explainTerminal } from '../../src/report/explain.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { reasonSentence } from '../../src/report/reason-sentences.ts';
import { reportReference } from '../../src/report/references.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { aReport, image, keep, TEMPLATE } from './plans.ts';
import { imagesCsv, PLAIN, parseReport, reportHtml, reportJson } from './texts.ts';

const ELSEWHERE: Reference = { ...TEMPLATE, accountId: '210987654321', region: 'us-east-1' };
const NAMED =
  'ec2:LaunchTemplate lt-0abc in account 210987654321 (us-east-1): "web" version 7, named by Auto Scaling group "web-prod"';
const SCREEN = { width: 400, palette: PLAIN };

const REPORT = aReport({
  decisions: [
    keep(image(1), [{ code: 'referenced', references: 2 }], { references: [ELSEWHERE, TEMPLATE] }),
    keep(image(2), [
      {
        code: 'used-elsewhere',
        reportedAt: new Date('2026-11-18T02:00:00.000Z'),
        accounts: 5,
        uses: [5, 4, 3, 2].map((count) => ({
          accountId: '31098765432'.concat(String(count)),
          resourceType: 'ec2:Instance',
          count,
        })),
      },
    ]),
  ],
});
const [FIRST] = REPORT.images;
/** A writer's text, whether it gives it whole or in pieces. */
const whole = (text: Iterable<string>): string => [...text].join('');
/** As a reader sees it: without Markdown's and HTML's own characters for `"`, `(` and the like. */
const asRead = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll(/\\+(?=["()])/g, '');

describe('a reference from another account is told with its account and Region', () => {
  test.each([
    ['images.csv', whole(imagesCsv(REPORT)).replaceAll('""', '"')],
    ['report.md', asRead(whole(reportMarkdown(REPORT)))],
    ['report.html', asRead(whole(reportHtml(REPORT)))],
    ['the table', whole(reportTerminal(REPORT, SCREEN))],
    ['explain', FIRST ? explainTerminal(explainImage(REPORT, FIRST), SCREEN) : ''],
  ])('in %s', (_, text) => {
    expect(text).toContain(NAMED);
  });

  test('in report.json, as members of their own, in the published schema', () => {
    const text = whole(reportJson(REPORT));
    expect(JSON.parse(text).images[0].references).toContainEqual({
      kind: 'ec2:LaunchTemplate',
      resource: 'lt-0abc',
      detail: '"web" version 7, named by Auto Scaling group "web-prod"',
      accountId: '210987654321',
      region: 'us-east-1',
    });
    const parsed = parseReport(text);
    expect(parsed).toMatchObject({ ok: true });
    if (parsed.ok) expect(parsed.report.images).toEqual(JSON.parse(text).images);
  });

  test('and one from here has neither', () => {
    expect(reportReference(TEMPLATE)).toEqual({
      kind: 'ec2:LaunchTemplate',
      resource: 'lt-0abc',
      detail: '"web" version 7, named by Auto Scaling group "web-prod"',
    });
  });
});

test.each([
  [
    { kind: 'ec2:Instance', resource: 'i-1', namedBy: [], accountId: '1', region: 'r' },
    'ec2:Instance i-1 in account 1 (r)',
  ],
  [{ kind: 'ec2:Instance', resource: 'i-1', namedBy: [], accountId: '1' }, 'ec2:Instance i-1 in account 1'],
  [
    { kind: 'ec2:Image', resource: 'ami-1', detail: 'a copy', namedBy: [], region: 'r' },
    'ec2:Image ami-1 in r: a copy',
  ],
] as const)('%j is named', (reference, text) => {
  expect(reasonSentence({ code: 'referenced', references: 1 }, [reference])).toBe(`Referenced by 1: ${text}.`);
});

test.each([
  [
    {
      code: 'used-elsewhere',
      reportedAt: '2026-11-18T02:00:00.000Z',
      accounts: 5,
      uses: [5, 4, 3, 2].map((count) => ({ accountId: `31098765432${count}`, resourceType: 'ec2:Instance', count })),
    },
    "Used in 5 other accounts by AWS's usage report of 2026-11-18: 310987654325 (ec2:Instance 5), 310987654324 (ec2:Instance 4), 310987654323 (ec2:Instance 3) and 1 more.",
  ],
  [
    { code: 'consumer-unread', accountId: '1', why: 'the role could not be assumed.', more: 0 },
    'May be used in account 1, which could not be read: the role could not be assumed.',
  ],
  [
    { code: 'consumer-unread', accountId: '1', why: 'denied', more: 1200 },
    'May be used in account 1 and 1,200 more, which could not be read: denied.',
  ],
  [
    { code: 'usage-unknown', status: 'none' },
    'Accounts that were not read may use it, and there is no usage report on it yet.',
  ],
  [
    { code: 'usage-unknown', status: 'pending' },
    'Accounts that were not read may use it, and the usage report on it is still being made.',
  ],
  [
    { code: 'usage-unknown', status: 'unreadable', error: 'denied' },
    'Accounts that were not read may use it, and the usage report on it could not be read: denied.',
  ],
  [
    { code: 'usage-report-too-early', createdAt: '2026-11-07T00:00:00.000Z', countsFrom: '2026-11-08T00:00:00.000Z' },
    "Accounts that were not read may use it; AWS's usage report of 2026-11-07 counts no use, but only one of 2026-11-08 or later can rule it out.",
  ],
  [{ code: 'unreferenced', sources: 13, otherAccounts: 0 }, 'Nothing references it in the 13 sources read.'],
  [
    { code: 'unreferenced', sources: 13, otherAccounts: 40 },
    'Nothing references it in the 13 sources read, nor in 40 other accounts.',
  ],
] as const)('%j reads as people say it', (reason, sentence) => expect(reasonSentence(reason)).toBe(sentence));
