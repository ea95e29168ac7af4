import { describe, expect, test } from 'vitest';
import { anAccount, anImage, aSnapshot, HARMLESS, imageId, snapshotId, TEMPLATE } from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';
import { decideAll, decideOne, deleted, going, kept, RULE } from '../builders/snapshots.ts';

describe('a snapshot that images map', () => {
  test('stays with an image that stays', () => {
    const account = anAccount({ images: [anImage()], snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(kept({ code: 'mapped', images: [imageId(1)] }));
  });

  test.each(['disabled', 'deregistered'])('stays with an image that is %s', (state) => {
    const account = anAccount({ images: [anImage({ state })], snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(kept({ code: 'mapped', images: [imageId(1)] }));
  });

  test('goes with its image', () => {
    const account = anAccount({ images: [going()], snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(deleted({ code: 'image-deregistered', imageId: imageId(1) }));
    expect(decideAll(account)[0]?.imageId).toBe(imageId(1));
  });

  test('stays where the rule says so', () => {
    const account = anAccount({ images: [going()], snapshots: [aSnapshot()] });
    expect(decideOne(account, oneRule(`${RULE}, snapshots: keep`))).toEqual(
      kept({ code: 'rule-keeps-snapshots', rule: 'all' }),
    );
  });

  test('names an image once, though the answer holds it twice', () => {
    const account = anAccount({ images: [anImage(), anImage()], snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(kept({ code: 'mapped', images: [imageId(1)] }));
  });

  test('names every image that maps it, oldest first', () => {
    const images = [1, 2, 3, 4].map((number) => anImage({ number, ageDays: number === 2 ? 50 : 40, snapshots: [1] }));
    const account = anAccount({ images: images.toReversed(), snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(kept({ code: 'mapped', images: [2, 1, 3, 4].map(imageId) }));
  });

  test('stays while any other image maps it', () => {
    const images = [going(), anImage({ number: 2, ageDays: 5, snapshots: [1] })];
    expect(decideOne(anAccount({ images, snapshots: [aSnapshot()] }))).toEqual(
      kept({ code: 'mapped', images: [imageId(2)] }),
    );
  });

  test('goes with the last of several images that go', () => {
    const older = [2, 3].map((number) => going({ number, ageDays: 80 + number, snapshots: [1] }));
    const images = [going({ ageDays: 80 }), ...older];
    const account = anAccount({ images, snapshots: [aSnapshot()] });
    expect(decideOne(account)).toEqual(deleted({ code: 'image-deregistered', imageId: imageId(1) }));
    expect(decideOne({ ...account, images: images.toReversed() })).toEqual(
      deleted({ code: 'image-deregistered', imageId: imageId(1) }),
    );
  });

  test('stays where one of several rules keeps snapshots', () => {
    const policy = aPolicy(`rules:
      - { name: one, select: { name: webapp-1 }, ${RULE}, snapshots: delete }
      - { name: two, select: {}, ${RULE}, snapshots: keep }`);
    const images = [going(), going({ number: 2, snapshots: [1] })];
    expect(decideOne(anAccount({ images, snapshots: [aSnapshot()] }), policy)).toEqual(
      kept({ code: 'rule-keeps-snapshots', rule: 'two' }),
    );
  });

  test('that the inventory does not hold is kept, and said', () => {
    expect(decideAll(anAccount({ images: [going(), anImage({ number: 2 })] }))).toEqual([
      { snapshotId: snapshotId(1), imageId: imageId(1), decision: 'keep', reasons: [{ code: 'not-in-inventory' }] },
      {
        snapshotId: snapshotId(2),
        imageId: imageId(2),
        decision: 'keep',
        reasons: [{ code: 'mapped', images: [imageId(2)] }, { code: 'not-in-inventory' }],
      },
    ]);
  });
});

test('those that the inventory does not hold come last, by id', () => {
  const images = [anImage({ number: 1, ageDays: 70, snapshots: [3, 1] }), anImage({ number: 2, snapshots: [2] })];
  const decided = decideAll(anAccount({ images, snapshots: [aSnapshot({ number: 3 })] }));
  expect(decided.map((one) => one.snapshotId)).toEqual([3, 1, 2].map(snapshotId));
});

const HOLDS: [string, Parameters<typeof aSnapshot>[0], object][] = [
  ['AWS Backup', { tags: { 'aws:backup:x': '' } }, { code: 'managed', by: 'aws-backup' }],
  ['Data Lifecycle Manager', { tags: { 'aws:dlm:x': '' } }, { code: 'managed', by: 'data-lifecycle-manager' }],
  ['the keep tag', { tags: { 'ami-janitor:keep': 'true' } }, { code: 'keep-tag' }],
  ['an unreadable keep tag', { tags: { 'ami-janitor:keep': 'x' } }, { code: 'keep-tag-unreadable', value: 'x' }],
  ['another owner', { ownerId: '999999999999' }, { code: 'not-own', owner: '999999999999' }],
  ['being unfinished', { state: 'pending' }, { code: 'state', state: 'pending' }],
];

describe('what goes otherwise is held', () => {
  const account = (over: Parameters<typeof aSnapshot>[0]) =>
    anAccount({ images: [going()], snapshots: [aSnapshot(over)] });

  test.each(HOLDS)('by %s', (_, over, reason) => expect(decideOne(account(over))).toEqual(kept(reason)));

  test('by a protected tag', () => {
    const policy = oneRule(`${RULE}, snapshots: delete`, 'protect: { tags: { Legal: "*" } }');
    expect(decideOne(account({ tags: { Legal: 'hold' } }), policy)).toEqual(
      kept({ code: 'protected-tag', key: 'Legal', value: 'hold', pattern: 'Legal=*' }),
    );
  });

  test('by a reference', () => {
    const referenced = anAccount({ images: [going()], snapshots: [aSnapshot()], referencedSnapshots: [1] });
    expect(decideOne(referenced)).toEqual(kept({ code: 'referenced', references: [TEMPLATE] }));
  });

  test.each([
    ['a lock', { locked: true }, { code: 'locked' }],
    ['sharing', { sharedWith: ['all'] }, { code: 'shared', accounts: ['all'] }],
    ['fast restore', { fastRestoreZones: ['a'] }, { code: 'fast-snapshot-restore', zones: ['a'] }],
  ])('by %s', (_, over, reason) => {
    const snapshotDetails = new Map([[snapshotId(1), { ...HARMLESS, ...over }]]);
    expect(decideOne({ ...account({}), snapshotDetails })).toEqual(kept(reason));
  });

  test('by details that could not be read', () => {
    const snapshotDetails = new Map([[snapshotId(1), { status: 'unreadable', error: 'x' } as const]]);
    expect(decideOne({ ...account({}), snapshotDetails })).toEqual(
      kept({ code: 'source-unreadable', source: 'snapshot-details' }),
    );
  });

  test('by a keep date, until it is past', () => {
    expect(decideOne(account({ tags: { 'ami-janitor:keep': '2026-11-21' } })).decision).toBe('keep');
    expect(decideOne(account({ tags: { 'ami-janitor:keep': '2026-11-20' } })).decision).toBe('delete');
  });

  test('details that were not asked for leave the decision', () => {
    expect(decideOne({ ...account({}), snapshotDetails: new Map() }).decision).toBe('delete');
  });
});
