import { describe, expect, test } from 'vitest';
import { changeSentence, changesSentence, withChanges } from '../../src/report/changes.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import type { ChangedImage, Report, ReportChanges } from '../../src/report/shape.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { AT, aReport, daysAgo, due, image, imageId, keep, RUN, TEMPLATE } from './plans.ts';
import { earlierReport, PLAIN, parseReport, reportHtml, reportJson } from './texts.ts';

const YESTERDAY = { observedAt: daysAgo(1), at: daysAgo(1) };
const young = (number: number) => keep(image(number), [{ code: 'younger-than', ageDays: 59, days: 60 }]);
const waiting = keep(image(1), [{ code: 'waiting', deprecatedAt: daysAgo(1), days: 1, ofDays: 30 }]);
const used = keep(image(1), [{ code: 'referenced', references: 1 }], { references: [TEMPLATE] });
const oldImage = keep(image(1, { creationDate: daysAgo(90) }), [{ code: 'no-rule' }]);

function changesBetween(before: Report, now: Report): ReportChanges {
  const { changes } = withChanges(now, earlierReport(reportJson(before)));
  if (changes === undefined) throw new Error('an earlier report, and nothing said of it');
  return changes;
}

function changed(before: Report, now: Report): readonly ChangedImage[] {
  const changes = changesBetween(before, now);
  if (changes.status !== 'compared') throw new Error(changes.problem);
  return changes.images;
}

const at = (decisions: Parameters<typeof aReport>[0]) => aReport({ ...YESTERDAY, ...decisions });

describe('between two runs', () => {
  test.each<[string, Report, Report, object[]]>([
    ['nothing changes where nothing does', at({ decisions: [used] }), aReport({ decisions: [used] }), []],
    [
      'a day passing is no change',
      at({ decisions: [young(1)] }),
      aReport({ decisions: [keep(image(1), [{ code: 'younger-than', ageDays: 58, days: 60 }])] }),
      [],
    ],
    [
      'an image made since is new',
      at({ decisions: [] }),
      aReport({ decisions: [keep(image(1, { creationDate: daysAgo(0.5) }), [{ code: 'no-rule' }])] }),
      [{ change: 'new', now: { decision: 'keep' } }],
    ],
    [
      'an old image that was not there before came back',
      at({ decisions: [] }),
      aReport({ decisions: [oldImage] }),
      [{ change: 'came-back' }],
    ],
    [
      'an image that becomes due says why, and only what is new of it',
      at({ decisions: [young(1)] }),
      aReport({ decisions: [due(image(1), 'deprecate')] }),
      [
        {
          change: 'decided-differently',
          before: { decision: 'keep', reasons: [{ code: 'younger-than' }] },
          now: { decision: 'deprecate', reasons: [{ code: 'unreferenced' }, { code: 'older-than' }] },
        },
      ],
    ],
    [
      'an image that waits for its next step is decided differently than when it was deprecated',
      at({ decisions: [due(image(1), 'deprecate')] }),
      aReport({ decisions: [waiting] }),
      [{ change: 'decided-differently', now: { decision: 'keep', reasons: [{ code: 'waiting' }] } }],
    ],
    [
      'an image that waited and is used again is no longer due, though it was kept all along',
      at({ decisions: [waiting] }),
      aReport({ decisions: [used] }),
      [
        {
          change: 'kept-again',
          now: { reasons: [{ code: 'referenced' }], references: [{ resource: TEMPLATE.resource }] },
        },
      ],
    ],
    [
      'an image that is not there any more is gone',
      at({ decisions: [due(image(1), 'deregister')] }),
      aReport({ decisions: [] }),
      [{ change: 'gone', before: { decision: 'deregister' } }],
    ],
  ])('%s', (_, before, now, expected) => expect(changed(before, now)).toMatchObject(expected));

  test('an image that the earlier run deregistered and that is there again came back', () => {
    const decisions = [due(image(1), 'deregister')];
    const outcomes = [{ action: 'deregister', resourceId: imageId(1), status: 'done' }] as const;
    const before = aReport({ ...YESTERDAY, decisions }, { run: { ...RUN, mode: 'enforce' }, outcomes });
    expect(changed(before, aReport({ decisions }))).toMatchObject([{ change: 'came-back' }]);
  });

  test('another policy and an incomplete look are said', () => {
    const before = at({ complete: false, decisions: [used] });
    const other = { ...RUN, policy: { ...RUN.policy, sha256: '00' } };
    const sentence = changesSentence(changesBetween(before, aReport({ decisions: [used] }, { run: other })));
    expect(sentence).toMatch(/nothing has changed\. The policy also changed\. Not everything could be read then\./);
  });

  test('says of a deregistered image that this was the plan, and of another that it was not', () => {
    const [gone] = changed(at({ decisions: [due(image(1), 'deregister')] }), aReport());
    const [lost] = changed(at({ decisions: [used] }), aReport());
    expect(gone && changeSentence(gone)).toBe('It was to be deregistered.');
    expect(lost && changeSentence(lost)).toBe('Not by this plan: keep before.');
  });
});

describe('an earlier report that cannot be used', () => {
  const report = aReport({ decisions: [used] });
  const other = (over: object) => JSON.stringify({ ...report, ...over });
  test.each([
    ['of another schema version', other({ schemaVersion: 2 }), /schema version 2/],
    ['that is cut off', reportJson(report).slice(0, 200), /not JSON/],
    ['cut off after its images', reportJson(report).replace(/"snapshots"[\s\S]*/, ''), /not JSON/],
    [
      'with a line that is no image',
      reportJson(report).replace(/^\{"imageId".*$/m, '{"imageId":"i-1"}'),
      /images: .*imageId/,
    ],
    ['with a broken line', reportJson(report).replace(/^\{"imageId".*$/m, '{"imageId":'), /not JSON/],
    [
      'of another account',
      other({ target: { accountId: '999999999999', region: 'eu-west-1' } }),
      /account 999999999999/,
    ],
    ['of another Region', other({ target: { ...report.target, region: 'us-east-1' } }), /us-east-1/],
  ])('%s is said in one sentence, and the report is there', (_, json, problem) => {
    const told = withChanges(report, earlierReport(json));
    expect(told.images).toEqual(report.images);
    expect(told.changes).toEqual({ status: 'not-compared', problem: expect.stringMatching(problem) });
    for (const text of [reportMarkdown(told), reportHtml(told), reportTerminal(told, { width: 200, palette: PLAIN })])
      expect(text).toContain('Not compared with an earlier report');
  });

  test('without one there is nothing to say', () => {
    expect(withChanges(report, { status: 'none' })).toEqual(report);
  });
});

test('changes stand in every format as text, whatever the names say, and come back as they were written', () => {
  const hostile = image(1, { creationDate: AT, name: '<script>alert(1)</script>\u001b[2J|' });
  const now = aReport({ decisions: [keep(hostile, [{ code: 'no-rule' }])] });
  const report = withChanges(now, earlierReport(reportJson(at({ decisions: [] }))));
  expect(parseReport(reportJson(report))).toEqual({ ok: true, report });
  expect(reportHtml(report)).not.toContain('<script>alert');
  expect(reportTerminal(report, { width: 40, palette: PLAIN })).not.toContain('\u001b');
  expect(reportMarkdown(report)).toContain('## Since the last report');
});

test('a report in another form than this tool gives it is compared all the same', () => {
  const before = at({ decisions: [used, young(2)] });
  const now = aReport({ decisions: [used, young(3)] });
  const { changes } = withChanges(now, earlierReport(reportJson(before)));
  expect(changes).toMatchObject({ images: [{ change: 'gone' }, { change: 'came-back' }] });
  for (const json of [JSON.stringify(before), JSON.stringify(before, null, 2)])
    expect(withChanges(now, earlierReport(json)).changes).toEqual(changes);
});
