import { describe, expect, test } from 'vitest';
import type { Account, TieringReading } from '../../src/model/account.ts';
import type { Image, Snapshot } from '../../src/model/image.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, anImage, aSnapshot, daysAgo, HARMLESS, imageId, snapshotId } from '../builders/account.ts';
import { afterwards } from '../builders/apply.ts';
import { codesOf, KEEP, oneRule } from '../builders/policy.ts';
import { aJournal, recorded, recordOf } from '../builders/records.ts';

const GIB = 2 ** 30;
const ARCHIVE = 'disable: { after: 14d }, archive: { after: 30d }';
const NO_LIMITS = 'limits: { perRun: 100, stopAbove: 100% }';

/** A disabled image that was deprecated so many days ago, made from an image of its own, with one snapshot of its number. */
function disabled(number: number, over: Partial<Image> & { readonly deprecatedDaysAgo?: number } = {}) {
  const tags = { 'ami-janitor:disabled-at': daysAgo(1).toISOString() };
  const made = { sourceImageId: imageId(900 + number), snapshots: [number] };
  return anImage({ number, ageDays: 500, deprecatedDaysAgo: 40, state: 'disabled', ...made, tags, ...over });
}

/** A snapshot of a volume of its own, of so many GiB. */
function sized(number: number, gib: number, over: Partial<Snapshot> = {}) {
  return aSnapshot({ number, fullSizeBytes: gib * GIB, volumeId: `vol-${number}`, ...over });
}

function planOf(images: readonly Image[], snapshots: readonly Snapshot[], rule = '', over: Partial<Account> = {}) {
  const account = recorded({ ...anAccount({ images, snapshots }), ...over });
  return { account, plan: makePlan(account, oneRule(`${KEEP}, ${ARCHIVE}${rule}`, NO_LIMITS), AT) };
}

/** What is archived, and why the first image archives nothing. */
function outcome(...given: Parameters<typeof planOf>) {
  const { plan } = planOf(...given);
  const pass = plan.passes.find((one) => one.pass === 'archive');
  const archived = pass?.actions.flatMap((one) => (one.action === 'archive' ? one.archiveSnapshots : [])) ?? [];
  const reason = plan.decisions[0]?.reasons.find(({ code }) => code.startsWith('archive'));
  return { archived, reason: reason && ('because' in reason ? reason.because : reason.code) };
}

/** A day’s share of a month, and dollars for a GiB and month in the standard tier and the archive, in eu-west-1. */
const [STANDARD, IN_ARCHIVE] = [0.05, 0.0125];

describe('what is archived saves, by hand', () => {
  // Of 100 GiB in days at the prices above: what is freed at least, and what the archive costs, ninety days at least.
  test.each<[string, readonly (readonly [gib: number, volume: string])[], number | undefined, string | undefined]>([
    ['alone, for ever', [[100, 'a']], undefined, undefined],
    // 100 × 0.05 × 23 = 115 against 100 × 0.0125 × 90 = 112.5
    ['alone, for 23 days', [[100, 'a']], 23, undefined],
    // 100 × 0.05 × 22 = 110 against 112.5
    ['alone, for 22 days', [[100, 'a']], 22, 'ninety-days'],
    ['alone, for 90 days', [[100, 'a']], 90, undefined],
    // 100 × 0.05 = 5 against 300 × 0.0125 = 3.75
    [
      'three of one volume',
      [
        [100, 'a'],
        [100, 'a'],
        [100, 'a'],
      ],
      undefined,
      undefined,
    ],
    // 100 × 0.05 = 5 against 400 × 0.0125 = 5
    [
      'four of one volume',
      [
        [100, 'a'],
        [100, 'a'],
        [100, 'a'],
        [100, 'a'],
      ],
      undefined,
      'full-size',
    ],
    // 100 × 0.05 × 60 = 300 against 200 × 0.0125 × 90 = 225
    [
      'two of one volume, for 60 days',
      [
        [100, 'a'],
        [100, 'a'],
      ],
      60,
      undefined,
    ],
    // 100 × 0.05 × 44 = 220 against 225
    [
      'two of one volume, for 44 days',
      [
        [100, 'a'],
        [100, 'a'],
      ],
      44,
      'ninety-days',
    ],
    // 100 × 0.05 × 45 = 225 against 225
    [
      'two of one volume, for 45 days',
      [
        [100, 'a'],
        [100, 'a'],
      ],
      45,
      'ninety-days',
    ],
    // 100 × 0.05 = 5 against 110 × 0.0125 = 1.375
    [
      'a large one and a small one of one volume',
      [
        [100, 'a'],
        [10, 'a'],
      ],
      undefined,
      undefined,
    ],
    [
      'four of four volumes',
      [
        [100, 'a'],
        [100, 'b'],
        [100, 'c'],
        [100, 'd'],
      ],
      undefined,
      undefined,
    ],
  ])('%s', (_, sizes, days, because) => {
    const largest = Math.max(...sizes.map(([gib]) => gib));
    const isOne = new Set(sizes.map(([, volume]) => volume)).size === 1;
    const whole = isOne ? sizes.reduce((sum, [gib]) => sum + gib, 0) : largest;
    const [stays, paid] = days === undefined ? [1, 1] : [days, Math.max(90, days)];
    expect(largest * STANDARD * stays > whole * IN_ARCHIVE * paid).toBe(because === undefined);

    const images = sizes.map((_one, index) => disabled(index + 1));
    const snapshots = sizes.map(([gib, volume], index) => sized(index + 1, gib, { volumeId: `vol-${volume}` }));
    const rule = days === undefined ? '' : `, deregister: { after: ${40 + days}d }`;
    const found = outcome(images, snapshots, rule);
    expect(found).toEqual({ archived: because ? [] : snapshots.map((one) => one.snapshotId), reason: because });
  });

  test('the prices are the Region’s own', () => {
    const one = [disabled(1)];
    const snapshots = [sized(1, 100)];
    // 0.068 × 23 = 1.564 against 0.017 × 90 = 1.53; 22 days: 1.496
    const target = { accountId: anAccount().target.accountId, region: 'sa-east-1' };
    expect(outcome(one, snapshots, ', deregister: { after: 63d }', { target }).archived).toHaveLength(1);
    expect(outcome(one, snapshots, ', deregister: { after: 62d }', { target }).reason).toBe('ninety-days');
  });

  test('not while another snapshot of the same volume stays, with how many', () => {
    const young = anImage({ number: 2, ageDays: 5, snapshots: [2], sourceImageId: imageId(902) });
    const shared = [sized(1, 100), sized(2, 100, { volumeId: 'vol-1' })];
    expect(outcome([disabled(1), young], shared)).toEqual({ archived: [], reason: 'shared-blocks' });
    const { plan } = planOf([disabled(1), young], shared);
    expect(plan.decisions[0]?.reasons).toContainEqual({
      code: 'archive-saves-nothing',
      snapshots: [snapshotId(1)],
      because: 'shared-blocks',
      others: 1,
    });
  });

  test('not where AWS does not tell its size', () => {
    const { fullSizeBytes: _, ...unsized } = sized(1, 100);
    expect(outcome([disabled(1)], [unsized]).reason).toBe('size-unknown');
    expect(outcome([disabled(1), disabled(2)], [unsized, sized(2, 100, { volumeId: 'vol-1' })]).archived).toEqual([]);
  });

  test('each snapshot of an image has its reason', () => {
    const image = disabled(1, { blockDevices: anImage({ snapshots: [1, 2, 3, 4] }).blockDevices });
    const kept = sized(3, 100, { tags: { 'ami-janitor:keep': 'true' } });
    const own = [sized(1, 100, { storageTier: 'archive' }), sized(2, 100), kept, sized(4, 100)];
    const { reasons = [] } = planOf([image], own).plan.decisions[0] ?? {};
    expect(reasons.filter(({ code }) => code.startsWith('archive'))).toEqual([
      { code: 'archived', snapshots: [snapshotId(1)] },
      { code: 'archive-saves-nothing', snapshots: [2, 4].map(snapshotId), because: 'shared-blocks', others: 1 },
      { code: 'archive-held', snapshots: [snapshotId(3)] },
    ]);
  });
});

const tiering = (operation: string, days: number): Partial<Account> => ({
  tierings: new Map<Snapshot['snapshotId'], TieringReading>([
    [snapshotId(1), { status: 'read', operation, startedAt: daysAgo(days) }],
    [snapshotId(2), { status: 'read' }],
  ]),
});
const unread = { status: 'unreadable', error: 'access denied' } as const;
const details = (over: Partial<typeof HARMLESS> | object): Partial<Account> => ({
  snapshotDetails: new Map([[snapshotId(1), { ...HARMLESS, ...over }]]),
});
const ARCHIVED_HERE = { 'ami-janitor:archived-at': daysAgo(5).toISOString() };

describe('a snapshot stays where it is', () => {
  test.each<[string, Partial<Snapshot>, Partial<Account>]>([
    ['kept by people', { tags: { 'ami-janitor:keep': 'true' } }, {}],
    ['managed', { tags: { 'aws:dlm:x': '' } }, {}],
    ['pending', { state: 'pending' }, {}],
    ['locked', {}, details({ locked: true })],
    ['shared', {}, details({ sharedWith: ['210987654321'] })],
    ['with fast restore', {}, details({ fastRestoreZones: ['eu-west-1a'] })],
    ['of which that is not known', {}, { snapshotDetails: new Map([[snapshotId(1), unread]]) }],
    ['of which nobody knows whether EC2 moves it', {}, { tierings: new Map([[snapshotId(1), unread]]) }],
    ['coming back', {}, tiering('permanent-restore-in-progress', 1)],
    ['restored by people', { tags: ARCHIVED_HERE }, tiering('permanent-restore-completed', 3)],
    [
      'restored, nobody knows when',
      { tags: ARCHIVED_HERE },
      { tierings: new Map([[snapshotId(1), { status: 'read', operation: 'permanent-restore-completed' }]]) },
    ],
    ['restored when it was archived', { tags: ARCHIVED_HERE }, tiering('permanent-restore-completed', 5)],
    [
      'restored by people, by its tag alone',
      { tags: ARCHIVED_HERE },
      {
        ...tiering('permanent-restore-completed', 3),
        journal: aJournal({ images: [[imageId(1), recordOf(disabled(1))]] }),
      },
    ],
    ['restored for some days', { tags: ARCHIVED_HERE }, tiering('temporary-restore-completed', 3)],
  ])('%s', (_, snapshot, over) => {
    const { plan } = planOf([disabled(1)], [sized(1, 100, snapshot)], '', over);
    expect(outcome([disabled(1)], [sized(1, 100, snapshot)], '', over)).toEqual({
      archived: [],
      reason: 'archive-held',
    });
    expect(plan.decisions[0]).toMatchObject({ decision: 'keep', nextStep: 'none' });
  });

  test('and goes where it was restored before it was archived again, or archiving it failed', () => {
    const again = [sized(1, 100, { tags: ARCHIVED_HERE })];
    const archived = [snapshotId(1)];
    expect(outcome([disabled(1)], again, '', tiering('permanent-restore-completed', 6)).archived).toEqual(archived);
    expect(outcome([disabled(1)], again, '', tiering('archival-failed', 4)).archived).toEqual(archived);
    expect(outcome([disabled(1)], [sized(1, 100)], '', tiering('permanent-restore-completed', 3)).archived).toEqual(
      archived,
    );
    const image = disabled(2, { blockDevices: anImage({ snapshots: [1, 2] }).blockDevices });
    const onItsWay = tiering('archival-in-progress', 0);
    expect(outcome([image], [sized(1, 100), sized(2, 100)], '', onItsWay).archived).toEqual([snapshotId(2)]);
  });

  test('where the inventory lacks it, and the image’s others go', () => {
    expect(outcome([disabled(1)], []).reason).toBe('archive-held');
    const { blockDevices } = anImage({ snapshots: [1, 2] });
    expect(outcome([disabled(1, { blockDevices })], [sized(1, 100)]).archived).toEqual([snapshotId(1)]);
  });

  test('until AWS was asked about it', () => {
    const { plan } = planOf([disabled(1)], [sized(1, 100)], '', { tierings: new Map(), snapshotDetails: new Map() });
    const action = { action: 'archive', archiveSnapshots: [snapshotId(1)] };
    expect(plan.passes.find(({ pass }) => pass === 'archive')).toMatchObject({ actions: [], deferred: [action] });
  });

  test('while another image maps it whose time has not come', () => {
    const snapshots = [sized(1, 100)];
    const other = (over: object) => disabled(2, { blockDevices: disabled(1).blockDevices, ...over });
    expect(outcome([disabled(1), other({ deprecatedDaysAgo: 20 })], snapshots).reason).toBe('archive-held');
    expect(outcome([disabled(1), other({ state: 'available', tags: {} })], snapshots).reason).toBe('archive-held');
    expect(outcome([disabled(1), other({})], snapshots).archived).toContain(snapshotId(1));
  });
});

describe('an image whose snapshots lie in the archive', () => {
  test.each([
    ['for ever', '', 'nothing-further', undefined],
    ['until its deregistration', ', deregister: { after: 200d }', 'waiting', 'deregister'],
  ])('stays there %s', (_, rule, code, next) => {
    const there = sized(1, 100, { storageTier: 'archive' });
    const [decision] = planOf([disabled(1)], [there], rule).plan.decisions;
    expect(codesOf(decision ?? { reasons: [] })[0]).toBe(code);
    expect(decision?.next?.decision).toBe(next);
  });

  test('goes at its time, with them', () => {
    const old = disabled(1, { deprecatedDaysAgo: 201 });
    const there = sized(1, 100, { storageTier: 'archive' });
    const { plan } = planOf([old], [there], ', deregister: { after: 200d }');
    expect(plan.passes.flatMap(({ actions }) => actions)).toMatchObject([
      { action: 'deregister', deleteSnapshots: [snapshotId(1)] },
    ]);
  });

  test('or are on their way is left alone by the next run, which says so', () => {
    const { account, plan } = planOf([disabled(1)], [sized(1, 100)]);
    const next = makePlan(afterwards(account, plan), oneRule(`${KEEP}, ${ARCHIVE}`, NO_LIMITS), AT);
    expect(next.passes.flatMap(({ actions }) => actions)).toEqual([]);
    expect(codesOf(next.decisions[0] ?? { reasons: [] })).toContain('archived');
  });
});

test('what is never deregistered has no day on which it is', () => {
  const [decision] = planOf([disabled(1)], [sized(1, 100)]).plan.decisions;
  expect(decision?.decision).toBe('archive');
  expect(decision).not.toHaveProperty('deregisterAt');
});

test('a policy that archives nothing says nothing of it', () => {
  const plan = makePlan(anAccount({ images: [disabled(1)] }), oneRule(`${KEEP}, disable: { after: 14d }`), AT);
  expect(plan.passes.map(({ pass }) => pass)).toEqual(['deprecate', 'disable', 'deregister', 'delete-snapshots']);
});
