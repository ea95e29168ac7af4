import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Snapshot } from '../../src/model/image.ts';
import { NO_JOURNAL, type SnapshotRecord } from '../../src/model/journal.ts';
import { describedImage } from '../../src/plan/orphans.ts';
import { anAccount, anImage, aSnapshot, daysAgo, imageId, snapshotId, unreadable } from '../builders/account.ts';
import { oneRule } from '../builders/policy.ts';
import { aJournal, RUN_ID, recorded } from '../builders/records.ts';
import { CREATED, decideOne, deleted, GONE, going, kept, RULE } from '../builders/snapshots.ts';

const RUN = { 'ami-janitor:image': GONE, 'ami-janitor:run': RUN_ID };
const IN_BIN = new Map([[GONE, { status: 'read', inBin: true } as const]]);

/** An account with one snapshot, and what is recorded of it. */
function one(snapshot: Snapshot, record: SnapshotRecord = {}, over: Partial<Account> = {}): Account {
  const journal = aJournal({ snapshots: [[snapshot.snapshotId, record]] });
  return { ...anAccount({ snapshots: [snapshot] }), journal, ...over };
}

const claimed = (state: 'held' | 'deleting' | 'deleted', days = 3): SnapshotRecord => ({
  claimed: { at: daysAgo(days), runId: RUN_ID, imageId: GONE, state },
});
const orphaned = (days: number): SnapshotRecord => ({
  orphaned: { at: daysAgo(days), runId: RUN_ID, imageId: GONE },
});

describe('what an earlier run left behind', () => {
  const held = (over = {}) => one(aSnapshot({ tags: RUN, ...over }), claimed('held'));

  test('is deleted, whatever the policy says of orphans', () => {
    expect(decideOne(held(), oneRule(RULE))).toEqual(deleted({ code: 'left-behind', imageId: GONE }));
  });

  test.each<[string, Account]>([
    ['without a record', one(aSnapshot({ tags: RUN }))],
    ['without a journal', { ...held(), journal: NO_JOURNAL }],
  ])('is shown by the record of that run, never by tags: %s it is reported only', (_, account) => {
    for (const policy of [oneRule(RULE), undefined]) {
      expect(decideOne(account, policy)).toEqual(kept({ code: 'no-record', imageId: GONE }));
    }
  });

  test('with a description as well, it goes the way of orphans', () => {
    const snapshot = aSnapshot({ tags: RUN, description: CREATED });
    expect(decideOne(one(snapshot))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
    expect(decideOne(one(snapshot), oneRule(RULE))).toEqual(kept({ code: 'orphan-reported-only', imageId: GONE }));
  });

  test.each([
    ['taken off', {}],
    ['of another image', { ...RUN, 'ami-janitor:image': imageId(98) }],
    ['of an orphan', { ...RUN, 'ami-janitor:orphaned-at': daysAgo(50).toISOString() }],
  ])('but not where its tag was %s, which people do to keep it', (_, tags) => {
    expect(decideOne(held({ tags })).decision).toBe('keep');
  });

  test('stays while the image is still there', () => {
    const images = [anImage({ number: 99, snapshots: [] })];
    expect(decideOne({ ...held(), images })).toEqual(kept({ code: 'image-exists', imageId: GONE }));
  });

  test('stays while an image maps it', () => {
    expect(decideOne({ ...held(), images: [anImage()] })).toEqual(kept({ code: 'mapped', images: [imageId(1)] }));
  });

  test.each([undefined, 'ami-xyz', '', `${GONE} `])('is not told by a tag of %j', (id) => {
    const tags = { ...(id !== undefined && { 'ami-janitor:image': id }), 'ami-janitor:run': RUN_ID };
    expect(decideOne(one(aSnapshot({ tags })))).toEqual(kept({ code: 'not-of-an-image' }));
  });

  test('stays while a source can not be read', () => {
    const references = { ...held().references, sources: unreadable('launch-templates') };
    expect(decideOne({ ...held(), references })).toEqual(
      kept({ code: 'source-unreadable', source: 'launch-templates' }),
    );
  });

  test('does not ask for the Recycle Bin: its image went by this tool', () => {
    expect(decideOne({ ...held(), recycleBin: IN_BIN }).decision).toBe('delete');
  });
});

describe('what this tool deleted and someone restored', () => {
  const marks = (days: number) => ({ ...RUN, 'ami-janitor:orphaned-at': daysAgo(days).toISOString() });
  const PUT_BACK = { code: 'put-back', imageId: GONE };

  test.each(['deleting', 'deleted'] as const)('is marked anew, though its claim stands: %s', (state) => {
    expect(decideOne(one(aSnapshot({ tags: RUN }), claimed(state)))).toEqual(
      kept({ code: 'orphan-unmarked', imageId: GONE }, PUT_BACK),
    );
  });

  test('is reported only, where the policy does not ask for more', () => {
    expect(decideOne(one(aSnapshot({ tags: RUN }), claimed('deleted')), oneRule(RULE))).toEqual(
      kept({ code: 'orphan-reported-only', imageId: GONE }, PUT_BACK),
    );
  });

  test.each([
    ['from before it was deleted counts for nothing', 40, 'orphan-unmarked', 'keep'],
    ['from when it was deleted counts', 35, 'orphan-past-grace', 'delete'],
    ['since then waits for its grace', 29, 'orphan-waiting', 'keep'],
    ['since then goes after its grace', 30, 'orphan-past-grace', 'delete'],
  ])('a mark %s', (_, days, code, decision) => {
    const record = { ...claimed('deleted', 35), ...orphaned(days) };
    const decided = decideOne(one(aSnapshot({ tags: marks(days) }), record));
    expect(decided).toMatchObject({ decision, reasons: [{ code }, PUT_BACK] });
  });
});

describe('orphans of others’ doing', () => {
  const marked = (days: number, over = {}) =>
    aSnapshot({
      description: CREATED,
      tags: { 'ami-janitor:image': GONE, 'ami-janitor:orphaned-at': daysAgo(days).toISOString() },
      ...over,
    });
  const unmarked = aSnapshot({ description: CREATED });
  const seen = (days: number, over = {}) => one(marked(days, over), orphaned(days));

  test('are reported only, where the policy does not ask for more', () => {
    const reported = kept({ code: 'orphan-reported-only', imageId: GONE });
    expect(decideOne(one(unmarked), oneRule(RULE))).toEqual(reported);
    expect(decideOne(seen(90), oneRule(RULE))).toEqual(reported);
  });

  test('are marked first, journal or not', () => {
    expect(decideOne(one(unmarked))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
    expect(decideOne({ ...one(unmarked), journal: NO_JOURNAL }).reasons).toMatchObject([{ code: 'orphan-unmarked' }]);
  });

  test('wait for their grace', () => {
    const facts = { imageId: GONE, orphanedAt: daysAgo(29.5), days: 29, ofDays: 30 };
    expect(decideOne(seen(29.5))).toEqual(kept({ code: 'orphan-waiting', ...facts }));
  });

  test('are deleted when it is over', () => {
    const facts = { imageId: GONE, orphanedAt: daysAgo(30), days: 30, ofDays: 30 };
    expect(decideOne(seen(30))).toEqual(deleted({ code: 'orphan-past-grace', ...facts }));
  });

  test.each([
    [40, 10],
    [10, 40],
  ])('of the mark and its record the later counts: %d and %d days', (tag, record) => {
    expect(decideOne(one(marked(tag), orphaned(record))).reasons).toMatchObject([
      { code: 'orphan-waiting', orphanedAt: daysAgo(10) },
    ]);
  });

  test('a mark without a record counts for nothing, and without a journal nothing goes by it', () => {
    expect(decideOne(one(marked(50)))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
    expect(decideOne({ ...one(marked(50)), journal: NO_JOURNAL })).toEqual(kept({ code: 'no-record', imageId: GONE }));
    expect(decideOne({ ...one(marked(101)), journal: NO_JOURNAL }).reasons).toMatchObject([
      { code: 'orphan-unmarked' },
    ]);
    expect(decideOne({ ...one(marked(100)), journal: NO_JOURNAL }).reasons).toMatchObject([{ code: 'no-record' }]);
    const { startTime: _, ...undated } = marked(101);
    expect(decideOne({ ...one(undated), journal: NO_JOURNAL }).reasons).toMatchObject([{ code: 'no-record' }]);
  });

  test.each([
    ['in the future', marked(-1)],
    ['that is no date', marked(0, { tags: { 'ami-janitor:image': GONE, 'ami-janitor:orphaned-at': 'x' } })],
    ['taken off', marked(0, { tags: {} })],
    [
      'for another image',
      marked(50, { tags: { 'ami-janitor:image': imageId(98), 'ami-janitor:orphaned-at': '2026-10-01' } }),
    ],
    ['without the image', marked(50, { tags: { 'ami-janitor:orphaned-at': '2026-10-01' } })],
  ])('a mark %s counts for nothing, whatever is recorded', (_, snapshot) => {
    expect(decideOne(one(snapshot, orphaned(50)))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
  });

  test('a record of another image counts for nothing', () => {
    const record = { orphaned: { at: daysAgo(50), runId: RUN_ID, imageId: imageId(98) } };
    expect(decideOne(one(marked(50), record))).toEqual(kept({ code: 'orphan-unmarked', imageId: GONE }));
  });

  test('a mark counts as one of an orphan, though a run is named beside it', () => {
    const tags = { ...marked(10).tags, 'ami-janitor:run': RUN_ID };
    expect(decideOne(seen(10, { tags })).reasons).toMatchObject([{ code: 'orphan-waiting' }]);
  });

  test('a mark of this very moment counts', () => {
    expect(decideOne(seen(0)).reasons).toMatchObject([{ code: 'orphan-waiting', days: 0 }]);
  });

  test('marks without the description are no proof that it was an image’s: tags can be copied', () => {
    expect(decideOne(seen(50, { description: 'nightly' }))).toEqual(kept({ code: 'no-record', imageId: GONE }));
  });

  test.each([0, 50])('stay where the image lies in the Recycle Bin (marked %d days ago)', (days) => {
    const account = days > 0 ? seen(days) : one(unmarked);
    expect(decideOne({ ...account, recycleBin: IN_BIN })).toEqual(
      kept({ code: 'image-in-recycle-bin', imageId: GONE }),
    );
  });

  test('stay where the Recycle Bin can not be read', () => {
    const recycleBin = new Map([[GONE, { status: 'unreadable', error: 'x' } as const]]);
    const unknown = kept({ code: 'source-unreadable', source: 'recycle-bin' });
    expect(decideOne({ ...one(unmarked), recycleBin })).toEqual(unknown);
    expect(decideOne({ ...seen(50), recycleBin })).toEqual(unknown);
  });

  test.each(['instances', 'journal'])('are not even marked while a source can not be read: %s', (source) => {
    const over =
      source === 'journal'
        ? { journal: { status: 'unreadable', error: 'x' } as const }
        : { references: { ...one(unmarked).references, sources: unreadable(source) } };
    expect(decideOne(one(unmarked, {}, over))).toEqual(kept({ code: 'source-unreadable', source }));
  });

  test('need no details to be marked', () => {
    const snapshotDetails = new Map([[snapshotId(1), { status: 'unreadable', error: 'x' } as const]]);
    expect(decideOne({ ...one(unmarked), snapshotDetails }).reasons).toEqual([
      { code: 'orphan-unmarked', imageId: GONE },
    ]);
  });

  test('are none while the image is there', () => {
    const images = [anImage({ number: 99, snapshots: [] })];
    expect(decideOne({ ...one(unmarked), images })).toEqual(kept({ code: 'image-exists', imageId: GONE }));
  });
});

describe('what a rule kept', () => {
  const tags = { 'ami-janitor:kept': 'golden' };

  test('is no orphan once its image is gone, and is not claimed either', () => {
    const both = { ...claimed('held'), ...orphaned(50) };
    for (const more of [{}, RUN, { ...RUN, 'ami-janitor:orphaned-at': daysAgo(50).toISOString() }]) {
      const snapshot = aSnapshot({ description: CREATED, tags: { ...tags, ...more } });
      expect(decideOne(one(snapshot, both))).toEqual(kept({ code: 'kept-by-rule' }));
    }
  });

  test('stays when another image that maps it goes by a rule that deletes', () => {
    const account = recorded(anAccount({ images: [going()], snapshots: [aSnapshot({ tags })] }));
    expect(decideOne(account)).toEqual(kept({ code: 'kept-by-rule' }));
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
  ])('%j names %s', (description, expected) => expect(describedImage({ description })).toBe(expected));

  test('is named by a copy in the words of copies alone', () => {
    expect(describedImage({ description: CREATED, isCopy: true })).toBeUndefined();
    expect(describedImage({ description: copied, isCopy: true })).toBe('ami-0123abcd');
  });
});
