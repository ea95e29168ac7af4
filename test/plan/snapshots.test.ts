import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { SnapshotDecision } from '../../src/model/decision.ts';
import type { Policy } from '../../src/model/policy.ts';
import { describedImage } from '../../src/plan/orphans.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { decideImages } from '../../src/policy/decide.ts';
import {
  AT,
  anAccount,
  anImage,
  aSnapshot,
  daysAgo,
  HARMLESS,
  imageId,
  snapshotId,
  TEMPLATE,
  unreadable,
} from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';

const RULE = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }';
const DELETE = oneRule(`${RULE}, snapshots: delete`, 'orphanSnapshots: { deleteAfter: 30d }');
const going = (over: Parameters<typeof anImage>[0] = {}) => anImage({ deprecatedDaysAgo: 40, ...over });
const GONE = imageId(99);
const CREATED = `Created by CreateImage(i-0123456789abcdef0) for ${GONE}`;

function decideAll(account: Account, policy: Policy = DELETE): SnapshotDecision[] {
  return decideSnapshots(account, decideImages(account, policy, AT), policy, AT);
}

function decideOne(account: Account, policy?: Policy): Pick<SnapshotDecision, 'decision' | 'reasons'> {
  const [first] = decideAll(account, policy);
  if (!first) throw new Error('there is no snapshot');
  return { decision: first.decision, reasons: first.reasons };
}

const kept = (...reasons: object[]) => ({ decision: 'keep', reasons });
const deleted = (...reasons: object[]) => ({ decision: 'delete', reasons });

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

  test('stays while any other image maps it', () => {
    const images = [going(), anImage({ number: 2, ageDays: 5, snapshots: [1] })];
    expect(decideOne(anAccount({ images, snapshots: [aSnapshot()] }))).toEqual(
      kept({ code: 'mapped', images: [imageId(2)] }),
    );
  });

  test('goes with the last of several images that go', () => {
    const images = [going({ ageDays: 80 }), going({ number: 2, ageDays: 90, snapshots: [1] })];
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

  test('and everything that holds it is said', () => {
    const over = { ownerId: '999999999999', state: 'error' };
    expect(decideOne(anAccount({ images: [anImage()], snapshots: [aSnapshot(over)] })).reasons).toEqual([
      { code: 'mapped', images: [imageId(1)] },
      { code: 'not-own', owner: '999999999999' },
      { code: 'state', state: 'error' },
    ]);
  });

  test('details that were not asked for leave the decision', () => {
    expect(decideOne({ ...account({}), snapshotDetails: new Map() }).decision).toBe('delete');
  });
});

describe('what an earlier run left behind', () => {
  const tags = { 'ami-janitor:image': GONE, 'ami-janitor:run': '20261101T020000Z-0123abcd' };
  const account = (over = {}) => anAccount({ snapshots: [aSnapshot({ tags, ...over })] });

  test('is deleted, whatever the policy says of orphans', () => {
    expect(decideOne(account(), oneRule(RULE))).toEqual(deleted({ code: 'left-behind', imageId: GONE }));
  });

  test('though the run’s id is of another form', () => {
    expect(decideOne(account({ tags: { 'ami-janitor:image': GONE, 'ami-janitor:run': 'nightly' } })).decision).toBe(
      'delete',
    );
  });

  test('but not where no run is told: the mark of an orphan names none', () => {
    expect(decideOne(account({ tags: { 'ami-janitor:image': GONE } }))).toEqual(kept({ code: 'not-of-an-image' }));
  });

  test('stays while the image is still there', () => {
    const still = anAccount({ images: [anImage({ number: 99, snapshots: [] })], snapshots: [aSnapshot({ tags })] });
    expect(decideOne(still)).toEqual(kept({ code: 'image-exists', imageId: GONE }));
  });

  test('stays while an image maps it', () => {
    const mapped = anAccount({ images: [anImage()], snapshots: [aSnapshot({ tags })] });
    expect(decideOne(mapped)).toEqual(kept({ code: 'mapped', images: [imageId(1)] }));
  });

  test.each([
    ['just after the run: the tags were copied', '2026-11-01T02:00:00.001Z', 'keep'],
    ['at the time of the run', '2026-11-01T02:00:00.000Z', 'delete'],
  ])('and made %s', (_, time, decision) => {
    const snapshot = { ...aSnapshot({ tags }), startTime: new Date(time) };
    expect(decideOne(anAccount({ snapshots: [snapshot] })).decision).toBe(decision);
  });

  test.each([undefined, 'ami-xyz', '', `${GONE} `])('but not with a tag of %j', (id) => {
    const other = { ...(id !== undefined && { 'ami-janitor:image': id }), 'ami-janitor:run': tags['ami-janitor:run'] };
    expect(decideOne(account({ tags: other }))).toEqual(kept({ code: 'not-of-an-image' }));
  });

  test('stays while a source can not be read', () => {
    expect(decideOne(anAccount({ snapshots: [aSnapshot({ tags })], sources: unreadable('launch-templates') }))).toEqual(
      kept({ code: 'source-unreadable', source: 'launch-templates' }),
    );
  });

  test('does not ask for the Recycle Bin: its image went by this tool', () => {
    const recycleBin = new Map([[GONE, { status: 'read', inBin: true } as const]]);
    expect(decideOne({ ...account(), recycleBin }).decision).toBe('delete');
  });
});

describe('orphans of others’ doing', () => {
  const marked = (days: number, over = {}) =>
    aSnapshot({
      description: CREATED,
      tags: { 'ami-janitor:image': GONE, 'ami-janitor:orphaned-at': daysAgo(days).toISOString() },
      ...over,
    });
  const one = (snapshot = aSnapshot({ description: CREATED })) => anAccount({ snapshots: [snapshot] });

  test('are reported only, where the policy does not ask for more', () => {
    const reported = kept({ code: 'orphan-reported-only', imageId: GONE });
    expect(decideOne(one(), oneRule(RULE))).toEqual(reported);
    expect(decideOne(one(marked(400)), oneRule(RULE))).toEqual(reported);
  });

  test('are marked first', () => {
    expect(decideOne(one())).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
  });

  test('wait for their grace', () => {
    const facts = { imageId: GONE, orphanedAt: daysAgo(29.5), days: 29, ofDays: 30 };
    expect(decideOne(one(marked(29.5)))).toEqual(kept({ code: 'orphan-waiting', ...facts }));
  });

  test('are deleted when it is over', () => {
    const facts = { imageId: GONE, orphanedAt: daysAgo(30), days: 30, ofDays: 30 };
    expect(decideOne(one(marked(30)))).toEqual(deleted({ code: 'orphan-past-grace', ...facts }));
  });

  test.each([
    ['in the future', marked(-1)],
    ['that is no date', marked(0, { tags: { 'ami-janitor:image': GONE, 'ami-janitor:orphaned-at': 'x' } })],
    ['older than the snapshot', marked(101)],
    [
      'for another image',
      marked(50, { tags: { 'ami-janitor:image': imageId(98), 'ami-janitor:orphaned-at': '2026-10-01' } }),
    ],
    ['without the image', marked(50, { tags: { 'ami-janitor:orphaned-at': '2026-10-01' } })],
  ])('a mark %s counts for nothing', (_, snapshot) => {
    expect(decideOne(one(snapshot))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
  });

  test('a mark as old as the snapshot counts', () => {
    expect(decideOne(one(marked(100))).decision).toBe('delete');
    expect(decideOne(one(marked(50, { ageDays: 'unknown' }))).decision).toBe('delete');
  });

  test('a mark without the description counts for nothing: tags can be copied', () => {
    expect(decideOne(one(marked(50, { description: 'nightly' })))).toEqual(kept({ code: 'not-of-an-image' }));
  });

  test.each([0, 50])('stay where the image lies in the Recycle Bin (marked %d days ago)', (days) => {
    const recycleBin = new Map([[GONE, { status: 'read', inBin: true } as const]]);
    const snapshot = days > 0 ? marked(days) : aSnapshot({ description: CREATED });
    expect(decideOne({ ...one(snapshot), recycleBin })).toEqual(kept({ code: 'image-in-recycle-bin', imageId: GONE }));
  });

  test('stay where the Recycle Bin can not be read', () => {
    const recycleBin = new Map([[GONE, { status: 'unreadable', error: 'x' } as const]]);
    const unknown = kept({ code: 'source-unreadable', source: 'recycle-bin' });
    expect(decideOne({ ...one(), recycleBin })).toEqual(unknown);
    expect(decideOne({ ...one(marked(50)), recycleBin })).toEqual(unknown);
  });

  test('are not even marked while a source can not be read', () => {
    const account = anAccount({ snapshots: [aSnapshot({ description: CREATED })], sources: unreadable('instances') });
    expect(decideOne(account)).toEqual(kept({ code: 'source-unreadable', source: 'instances' }));
  });

  test('need no details to be marked', () => {
    const snapshotDetails = new Map([[snapshotId(1), { status: 'unreadable', error: 'x' } as const]]);
    expect(decideOne({ ...one(), snapshotDetails }).reasons).toEqual([{ code: 'orphan-unmarked', imageId: GONE }]);
  });

  test('are none while the image is there', () => {
    const account = anAccount({
      images: [anImage({ number: 99, snapshots: [] })],
      snapshots: [aSnapshot({ description: CREATED })],
    });
    expect(decideOne(account)).toEqual(kept({ code: 'image-exists', imageId: GONE }));
  });
});

describe('describedImage', () => {
  const copied =
    'Copied for DestinationAmi ami-0123abcd from SourceAmi ami-00000000000000001 for SourceSnapshot snap-0123abcd';

  test.each([
    ['Created by CreateImage(i-0123456789abcdef0) for ami-00000000000000063', 'ami-00000000000000063'],
    ['Created by CreateImage(i-0123abcd) for ami-0123abcd from vol-0123abcd', 'ami-0123abcd'],
    [copied, 'ami-0123abcd'],
    [`${copied}. Task created on 1,612,345.`, 'ami-0123abcd'],
    [`${copied}x`, undefined],
    ['Created by CreateImage(i-0123abcd) for ami-0123abc', undefined],
    ['Created by CreateImage(i-0123abcd) for ami-0123abcde', undefined],
    ['Created by CreateImage(i-0123abcd) for ami-0123abcd and more', undefined],
    ['My copy: Created by CreateImage(i-0123abcd) for ami-0123abcd', undefined],
    ['Created by CreateImage() for ami-0123abcd', undefined],
    ['Copied for SourceAmi ami-0123abcd', undefined],
    ['', undefined],
  ])('%j names %s', (description, expected) => expect(describedImage(description)).toBe(expected));
});
