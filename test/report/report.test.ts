import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/model/decision.ts';
import type { Reference } from '../../src/model/reference.ts';
import { buildReport } from '../../src/report/report.ts';
import { listsOf } from '../../src/report/sections.ts';
import {
  aPlan,
  aReport,
  daysAgo,
  due,
  fullPlan,
  image,
  imageId,
  keep,
  mapped,
  RUN,
  snapshot,
  snapshotId,
  TEMPLATE,
} from './plans.ts';
import { reportJson } from './texts.ts';

const YOUNG = { code: 'younger-than', ageDays: 12, days: 60 } as const;

test('the images of each rule are counted in the policy’s order, rules without any and images without a rule too', () => {
  const free: Decision = { image: image(6), decision: 'keep', references: [], reasons: [{ code: 'no-rule' }] };
  const report = aReport({
    rules: [{ name: 'nothing' }, { name: 'golden images' }],
    decisions: [
      ...[1, 2].map((number) => keep(image(number), [YOUNG], { group: 'web' })),
      keep(image(3), [YOUNG], { group: 'api' }),
      keep(image(4), [YOUNG]),
      due(image(5), 'deprecate'),
      free,
    ],
  });
  expect(report.rules).toEqual([
    { rule: 'nothing', images: 0, due: 0 },
    { rule: 'golden images', images: 5, due: 1, groups: 2, groupsOfOne: 1 },
    { rule: null, images: 1, due: 0 },
  ]);
  expect(listsOf(report).rules.lines).toEqual([
    'nothing: no image',
    'golden images: 5 images, 1 due; 2 groups, 1 of one image',
    'No rule: 1 image, never due',
  ]);
});

describe('one image', () => {
  test('is told with every fact that people script against', () => {
    const [told] = aReport({
      decisions: [keep(image(1), [YOUNG], { references: [TEMPLATE] })],
      snapshots: [mapped(1)],
    }).images;
    expect(told).toEqual({
      imageId: imageId(1),
      name: 'webapp-1',
      owner: 'webapp-team@example.com',
      creationDate: '2026-08-23T02:00:00.000Z',
      rule: 'golden images',
      decision: 'keep',
      reasons: [{ code: 'younger-than', ageDays: 12, days: 60 }],
      references: [
        {
          kind: 'ec2:LaunchTemplate',
          resource: 'lt-0abc',
          detail: '"web" version 7, named by Auto Scaling group "web-prod"',
        },
      ],
      snapshotIds: [snapshotId(1)],
      storageGiB: 4,
      monthlyCostUpTo: 0.2,
    });
  });

  test('has null where the account does not tell', () => {
    const { creationDate: _, ...undated } = image(1, { tags: { Owner: '  ' } });
    const [told] = aReport({
      decisions: [{ image: undated, decision: 'keep', references: [], reasons: [{ code: 'no-rule' }] }],
    }).images;
    expect(told).toMatchObject({ owner: null, creationDate: null, rule: null });
  });

  test('does not take an inherited property for an owner', () => {
    const [told] = aReport({ decisions: [keep(image(1), [YOUNG])] }, { ownerTag: 'constructor' }).images;
    expect(told?.owner).toBeNull();
  });

  test.each<[string, Partial<Reference>, string | undefined]>([
    ['neither detail nor name', { namedBy: [] }, undefined],
    ['only a name', { namedBy: ['fleet f-1'] }, 'named by fleet f-1'],
    ['two names', { detail: 'version 3', namedBy: ['a', 'b'] }, 'version 3, named by a and b'],
  ])('composes the detail of a reference with %s', (_, over, detail) => {
    const { detail: __, ...bare } = TEMPLATE;
    const [told] = aReport({ decisions: [keep(image(1), [YOUNG], { references: [{ ...bare, ...over }] })] }).images;
    expect(told?.references[0]?.detail).toBe(detail);
  });
});

describe('storage', () => {
  const shared = { blockDevices: [{ deviceName: '/dev/xvda', snapshotId: snapshotId(1), volumeSizeGiB: 8 }] };

  test('that two images share counts in each of them and once in the total', () => {
    const report = aReport({
      decisions: [keep(image(1), [YOUNG]), keep(image(2, shared), [YOUNG])],
      snapshots: [mapped(1)],
    });
    expect(report.images.map(({ storageGiB }) => storageGiB)).toEqual([4, 4]);
    expect(report.totals.storage).toEqual({ snapshots: 1, storageGiB: 4, monthlyCostUpTo: 0.2, monthlyCostFrom: 0.2 });
  });

  test('of a due image does not count as due while a kept image maps it', () => {
    const plan = { decisions: [keep(image(1), [YOUNG]), due(image(2, shared), 'deregister')], snapshots: [mapped(1)] };
    expect(aReport(plan).totals.dueStorage.storageGiB).toBe(0);
  });

  test('is the volume where AWS does not tell the full size, and where the snapshot itself is out of sight', () => {
    const { fullSizeBytes: _, ...unmeasured } = snapshot(1, { volumeSizeGiB: 20 });
    const known = { ...mapped(1), snapshot: unmeasured };
    expect(aReport({ decisions: [keep(image(1), [YOUNG])], snapshots: [known] }).totals.storage.storageGiB).toBe(20);
    expect(aReport({ decisions: [keep(image(1), [YOUNG])] }).totals.storage.storageGiB).toBe(8);
  });

  test('in the archive tier costs the archive price, and an unknown Region an assumed one', () => {
    const archived = {
      decisions: [keep(image(1), [YOUNG])],
      snapshots: [mapped(1, { storageTier: 'archive', fullSizeBytes: 100 * 2 ** 30 })],
    };
    expect(aReport(archived).totals.storage.monthlyCostUpTo).toBe(1.25);
    expect(aReport(archived).prices.assumed).toBe(false);
    const elsewhere = aReport({ ...archived, target: { accountId: '1', region: 'constructor' } });
    expect(elsewhere.prices).toMatchObject({ assumed: true, standardPerGiBMonth: 0.05 });
  });

  test('deleted is what the plan would delete, and in an enforcing run only what was', () => {
    const plan = fullPlan();
    expect(buildReport({ run: RUN, plan, outcomes: [], ownerTag: 'Owner' }).totals.deletedStorage.snapshots).toBe(2);
    const enforced = buildReport({
      run: { ...RUN, mode: 'enforce' },
      plan,
      outcomes: [
        { action: 'delete-snapshot', resourceId: snapshotId(3), status: 'done' },
        { action: 'delete-snapshot', resourceId: snapshotId(8), status: 'failed', reason: 'InvalidSnapshot.InUse' },
      ],
      ownerTag: 'Owner',
    });
    expect(enforced.totals.deletedStorage).toMatchObject({ snapshots: 1, storageGiB: 4, monthlyCostUpTo: 0.2 });
    expect(enforced.totals.outcomes).toEqual({ done: 1, skipped: 0, failed: 1 });
  });
});

test('totals count what was decided and what is due', () => {
  expect(aReport(fullPlan()).totals).toMatchObject({
    images: 7,
    decisions: { keep: 4, deprecate: 1, disable: 0, deregister: 1, reinstate: 1 },
    dueImages: 3,
    imagesWithoutOwner: 1,
    snapshots: { keep: 6, delete: 2 },
    passes: { deprecate: { actions: 2, deferred: 0, stopped: false }, deregister: { actions: 1 } },
  });
});

describe('a vestigial reference', () => {
  const alone = { ...TEMPLATE, namedBy: [] };
  const only = [{ code: 'referenced', references: 1 }] as const;
  const about = (over: Parameters<typeof keep>[2], launchedDaysAgo?: number) =>
    keep(image(1, launchedDaysAgo === undefined ? {} : { lastLaunchedTime: daysAgo(launchedDaysAgo) }), only, over);

  test.each([
    ['a template that nobody names', about({ references: [alone] }), 1],
    ['two versions of one such template', about({ references: [alone, { ...alone, detail: 'version 8' }] }), 1],
    ['two templates', about({ references: [alone, { ...alone, resource: 'lt-0def' }] }), 0],
    ['a template that a group names', about({ references: [TEMPLATE] }), 0],
    ['an instance', about({ references: [{ ...alone, kind: 'ec2:Instance' }] }), 0],
    ['a launch 89 days ago', about({ references: [alone] }, 89), 0],
    ['a launch 90 days ago', about({ references: [alone] }, 90), 1],
    ['another reason to stay', keep(image(1), [...only, YOUNG], { references: [alone] }), 0],
  ])('with %s', (_, decision, expected) => {
    expect(aReport({ decisions: [decision] }).vestigial).toHaveLength(expected);
  });

  test('is none where another version of the template is named', () => {
    const decisions = [
      about({ references: [alone] }),
      keep(image(2), only, { references: [{ ...TEMPLATE, detail: 'version 9' }] }),
    ];
    expect(aReport({ decisions }).vestigial).toEqual([]);
  });
});

test('the order in which AWS listed things changes no byte', () => {
  const plan = fullPlan();
  const backwards = { ...plan, decisions: plan.decisions.toReversed(), snapshots: plan.snapshots.toReversed() };
  expect(reportJson(aReport(backwards))).toBe(reportJson(aReport(plan)));
});

test('report.json is JSON of the report, one image a line', () => {
  const report = aReport(fullPlan());
  const json = reportJson(report);
  expect(JSON.parse(json)).toEqual(report);
  expect(json.split('\n').filter((line) => line.startsWith('{"imageId"') && line.includes('"decision"'))).toHaveLength(
    7,
  );
  expect(JSON.parse(reportJson(aReport(aPlan())))).toMatchObject({ images: [], complete: true });
});
