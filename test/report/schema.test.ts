import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { buildReport } from '../../src/report/report.ts';
import { imageReason, snapshotReason } from '../../src/report/schema/parts.ts';
import { reportJsonSchema, reportSchema } from '../../src/report/schema/schema.ts';
import { aPlan, aReport, due, fullPlan, image, keep, RUN, snapshotId } from './plans.ts';
import { all, IMAGE_REASONS, SNAPSHOT_REASONS } from './reasons.ts';
import { parseReport, reportJson } from './texts.ts';

const published: Record<string, unknown> = JSON.parse(readFileSync('docs/report-schema.json', 'utf8'));
const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const strict = ajv.compile(z.toJSONSchema(reportSchema));
const open = ajv.compile(published);

/** What the published schema says against a report, members that it does not know among it. */
function faults(report: unknown): unknown {
  return strict(report) && open(report) ? [] : [...(strict.errors ?? []), ...(open.errors ?? [])];
}

const full = aReport(fullPlan());
const enforced = buildReport({
  run: { ...RUN, mode: 'enforce' },
  plan: fullPlan({
    complete: false,
    sources: [
      { name: 'instances', status: 'unreadable', references: 0, calls: 2, error: 'UnauthorizedOperation' },
      { name: 'documents', status: 'off', references: 0, calls: 0 },
    ],
    passes: [
      {
        pass: 'deprecate',
        actions: [],
        deferred: [],
        stopped: { due: 3, ofImages: 7, percent: 42.9, stopAbovePercent: 25 },
      },
    ],
  }),
  outcomes: [
    { action: 'deprecate', resourceId: 'ami-1', status: 'done' },
    { action: 'delete-snapshot', resourceId: snapshotId(8), status: 'failed', reason: 'InvalidSnapshot.InUse' },
  ],
  ownerTag: 'Owner',
});

describe('the published schema', () => {
  test('is the one that the code holds (npm run generate)', () => expect(published).toEqual(reportJsonSchema()));

  test.each([
    ['of everything', full],
    ['of an enforcing, incomplete, stopped run', enforced],
    ['of an empty account', aReport(aPlan())],
    ['of bare images', aReport({ decisions: [keep(image(1), [{ code: 'no-rule' }]), due(image(2), 'deprecate')] })],
  ])('takes a report %s', (_, report) => expect(faults(JSON.parse(reportJson(report)))).toEqual([]));

  test('takes every reason', () => {
    const images = all(IMAGE_REASONS).map((reason) => imageReason.parse(reason));
    const snapshots = all(SNAPSHOT_REASONS).map((reason) => snapshotReason.parse(reason));
    const [oneImage, oneSnapshot] = [full.images[0], full.snapshots[0]];
    expect(
      faults({
        ...full,
        images: [{ ...oneImage, reasons: images }],
        snapshots: [{ ...oneSnapshot, reasons: snapshots }],
      }),
    ).toEqual([]);
  });

  test.each([
    ['another version', { schemaVersion: 2 }],
    ['a time that is none', { observedAt: 'yesterday' }],
    ['an unknown decision', { images: [{ ...full.images[0], decision: 'obliterate' }] }],
    ['an unknown reason', { images: [{ ...full.images[0], reasons: [{ code: 'bored' }] }] }],
  ])('refuses %s', (_, over) => expect(faults({ ...full, ...over })).not.toEqual([]));
});

describe('an earlier report', () => {
  test('comes back as it was written', () => {
    expect(parseReport(reportJson(full))).toEqual({ ok: true, report: full });
    expect(parseReport(reportJson(enforced))).toEqual({ ok: true, report: enforced });
  });

  test('with members that a later version added is still read', () => {
    expect(parseReport(JSON.stringify({ ...full, weather: 'fine' }))).toMatchObject({ ok: true });
  });

  test.each([
    ['of another schema version', JSON.stringify({ ...full, schemaVersion: 2 }), /schema version 2/],
    ['that is cut off', reportJson(full).slice(0, 500), /not JSON/],
    ['that is something else', '{}', /schemaVersion/],
    ['that is null', 'null', /object/],
  ])('%s is refused with a reason', (_, json, problem) => {
    expect(parseReport(json)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });
});
