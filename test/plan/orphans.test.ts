import { describe, expect, test } from 'vitest';
import { describedImage } from '../../src/plan/orphans.ts';
import { anAccount, anImage, aSnapshot, daysAgo, imageId, snapshotId, unreadable } from '../builders/account.ts';
import { oneRule } from '../builders/policy.ts';
import { CREATED, decideOne, deleted, GONE, kept, RULE } from '../builders/snapshots.ts';

describe('what an earlier run left behind', () => {
  const tags = { 'ami-janitor:image': GONE, 'ami-janitor:run': '20261101T020000Z-0123abcd' };
  const account = (over = {}) => anAccount({ snapshots: [aSnapshot({ tags, ...over })] });

  test('is deleted, whatever the policy says of orphans', () => {
    expect(decideOne(account(), oneRule(RULE))).toEqual(deleted({ code: 'left-behind', imageId: GONE }));
  });

  test.each(['nightly', 'nightly-20200101T000000Z-1'])('though the run’s id is of another form: %s', (run) => {
    expect(decideOne(account({ tags: { ...tags, 'ami-janitor:run': run } })).decision).toBe('delete');
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

  test('a mark counts as one of an orphan, though a run is named beside it', () => {
    const tags = { ...marked(10).tags, 'ami-janitor:run': '20261101T020000Z-0123abcd' };
    expect(decideOne(one(marked(10, { tags }))).reasons).toMatchObject([{ code: 'orphan-waiting' }]);
  });

  test('a mark of this very moment counts', () => {
    expect(decideOne(one(marked(0))).reasons).toMatchObject([{ code: 'orphan-waiting', days: 0 }]);
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
