import { describe, expect, test } from 'vitest';
import { type ImageRecord, NO_JOURNAL } from '../../src/model/journal.ts';
import { deprecationMark } from '../../src/policy/decision/proof.ts';
import { AT, anImage, daysAgo } from '../builders/account.ts';
import { DUE_FACTS, decideFirst, FULL } from '../builders/policy.ts';
import { aJournal, RUN_ID, recordOf } from '../builders/records.ts';

const MARK = 'ami-janitor:deprecated-at';

type Wish = Parameters<typeof anImage>[0];

const deprecated = (days: number): ImageRecord => ({ deprecated: { at: daysAgo(days), runId: RUN_ID } });

/** The decision over one image where its record is this one. */
function byRecord(over: Wish, record: ImageRecord, policy = FULL) {
  const image = anImage(over);
  return decideFirst([image], policy, { journal: aJournal({ images: [[image.imageId, record]] }) });
}

describe('a mark that is not to be trusted', () => {
  test.each([
    ['a word', 'yesterday'],
    ['nothing', ''],
    ['tomorrow', daysAgo(-1).toISOString()],
    ['more than an hour ahead', new Date(AT.getTime() + 3_600_001).toISOString()],
  ])('%s: nothing is done', (_, value) => {
    const image = anImage({ deprecatedDaysAgo: 40, tags: { [MARK]: value } });
    for (const journal of [NO_JOURNAL, aJournal({ images: [[image.imageId, deprecated(40)]] })]) {
      const decision = decideFirst([image], FULL, { journal });
      expect(decision.decision).toBe('keep');
      expect(decision.reasons[0]).toEqual({ code: 'deprecated-at-unreadable', value });
      const held = decideFirst([{ ...image, isPublic: true }], FULL, { journal });
      expect(held).toMatchObject({ decision: 'keep', reasons: [{ code: 'public' }] });
      const young = decideFirst([{ ...image, creationDate: daysAgo(10) }], FULL, { journal });
      expect(young).toMatchObject({ decision: 'keep', reasons: [{ code: 'younger-than' }] });
      expect(young).not.toHaveProperty('next');
    }
  });

  test('an hour ahead, which clocks that differ explain, is trusted', () => {
    const soon = new Date(AT.getTime() + 3_600_000);
    const image = anImage({ deprecationTime: soon, tags: { [MARK]: soon.toISOString() } });
    expect(decideFirst([image], FULL).reasons[0]).toMatchObject({ code: 'waiting', deprecatedAt: soon });
  });

  const STALE: [string, Wish][] = [
    ['older than the image: it came with copied tags', { deprecatedDaysAgo: 101 }],
    ['without a deprecation: the run ended between', { tags: { [MARK]: daysAgo(40).toISOString() } }],
    [
      'with a deprecation that someone put off',
      { deprecationTime: daysAgo(-90), tags: { [MARK]: daysAgo(40).toISOString() } },
    ],
  ];

  test.each(STALE)('%s: the image is deprecated as if it had none', (_, over) => {
    expect(decideFirst([anImage(over)], FULL).decision).toBe('deprecate');
    expect(deprecationMark(anImage(over), NO_JOURNAL, AT.getTime())).toEqual({ kind: 'stale' });
    const held = decideFirst([anImage({ ...over, isPublic: true })], FULL);
    expect(held).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'public' }] });
  });

  test.each(STALE.slice(1))('%s, though a record stands: deprecated anew', (_, over) => {
    expect(byRecord(over ?? {}, deprecated(40)).decision).toBe('deprecate');
  });
});

describe('without a journal the tag counts as far as AWS dates the deprecation alike', () => {
  test('as old as the image is trusted', () => {
    expect(decideFirst([anImage({ ageDays: 100, deprecatedDaysAgo: 100 })], FULL).decision).toBe('deregister');
  });

  const tagged = (ms: number) =>
    anImage({ deprecationTime: new Date(daysAgo(40).getTime() + ms), tags: { [MARK]: daysAgo(40).toISOString() } });

  test.each([-600_000, 600_000])('%d ms apart, which EC2’s rounding and two runs explain', (ms) => {
    expect(decideFirst([tagged(ms)], FULL).decision).toBe('deregister');
  });

  test.each([-600_001, 600_001])('%d ms apart, nothing proves it: it stays, and says so', (ms) => {
    expect(decideFirst([tagged(ms)], FULL)).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'no-record' }, {}, {}],
    });
    expect(decideFirst([{ ...tagged(ms), isPublic: true }], FULL).decision).toBe('reinstate');
  });

  test('of the two the later counts', () => {
    expect(decideFirst([tagged(60_000)], FULL).reasons[0]).toMatchObject({
      deprecatedAt: new Date(daysAgo(40).getTime() + 60_000),
    });
    expect(decideFirst([tagged(-60_000)], FULL).reasons[0]).toMatchObject({ deprecatedAt: daysAgo(40) });
  });

  test('a date that this tool found and left is not its own', () => {
    const tags = {
      [MARK]: daysAgo(40).toISOString(),
      'ami-janitor:previous-deprecation-time': daysAgo(40).toISOString(),
    };
    expect(decideFirst([anImage({ deprecatedDaysAgo: 40, tags })], FULL).reasons[0]).toEqual({ code: 'no-record' });
  });
});

describe('with a journal only its record counts', () => {
  test('a tag without one begins the time anew, however well it agrees with AWS', () => {
    expect(byRecord({ deprecatedDaysAgo: 40 }, {}).decision).toBe('deprecate');
    expect(byRecord({ deprecatedDaysAgo: 40 }, deprecated(40)).decision).toBe('deregister');
  });

  test.each([
    ['the record', 40, 10, 40],
    ['the tag', 10, 40, 40],
    ['AWS’s own date', 40, 40, 10],
  ])('of the three the latest counts: %s', (_, tag, record, aws) => {
    const over = { deprecationTime: daysAgo(aws), tags: { [MARK]: daysAgo(tag).toISOString() } };
    expect(byRecord(over, deprecated(record)).reasons[0]).toMatchObject({ code: 'waiting', deprecatedAt: daysAgo(10) });
  });

  test('someone else’s deprecation, long before, does not matter', () => {
    const over = { deprecationTime: daysAgo(90), tags: { [MARK]: daysAgo(31).toISOString() } };
    expect(byRecord(over, deprecated(31)).decision).toBe('deregister');
  });

  test('without the tag, which people take off to begin the time anew, it does', () => {
    expect(byRecord({ deprecationTime: daysAgo(40) }, deprecated(40)).decision).toBe('deprecate');
  });

  test('where it can not be read, nothing is done and nothing is given back', () => {
    const journal = { status: 'unreadable', error: 'access denied' } as const;
    const image = anImage({ deprecatedDaysAgo: 40 });
    expect(decideFirst([image], FULL, { journal })).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'source-unreadable', source: 'journal' }],
    });
    expect(decideFirst([{ ...image, isPublic: true }], FULL, { journal }).decision).toBe('keep');
  });
});

describe('a launch after the deprecation begins the waits anew', () => {
  const launched = (days: number, over: Wish = {}) => {
    const image = anImage({ ageDays: 300, deprecatedDaysAgo: 40, lastLaunchedDaysAgo: days, ...over });
    return decideFirst([image], FULL, { journal: aJournal({ images: [[image.imageId, recordOf(image)]] }) });
  };

  test('and the report says so', () => {
    const decision = launched(5);
    expect(decision).toMatchObject({
      decision: 'keep',
      restarted: { deprecatedAt: daysAgo(40), launchedAt: daysAgo(5) },
      next: { decision: 'disable', at: daysAgo(-9) },
    });
    expect(decision.reasons[0]).toEqual({
      code: 'waiting',
      deprecatedAt: daysAgo(40),
      launchedAt: daysAgo(5),
      days: 5,
      ofDays: 14,
    });
  });

  test('counted from the launch, to the millisecond', () => {
    expect(launched(30 - 1 / 86_400_000).decision).toBe('disable');
    expect(launched(30)).toMatchObject({
      decision: 'deregister',
      reasons: [{ code: 'deprecated-for', launchedAt: daysAgo(30), days: 30, ofDays: 30 }, {}, {}],
    });
  });

  test('but not one before it', () => {
    expect(launched(40).decision).toBe('deregister');
    expect(launched(40).reasons[0]).not.toHaveProperty('launchedAt');
    expect(launched(40)).not.toHaveProperty('restarted');
    expect(launched(41).decision).toBe('deregister');
  });

  test('without a journal likewise', () => {
    const image = anImage({ ageDays: 300, deprecatedDaysAgo: 40, lastLaunchedDaysAgo: 5 });
    expect(decideFirst([image], FULL).reasons[0]).toMatchObject({ code: 'waiting', launchedAt: daysAgo(5) });
  });
});

describe('an image that someone else deprecated', () => {
  test('gets only the tags, and its date is told', () => {
    const decision = decideFirst([anImage({ deprecationTime: daysAgo(0) })], FULL);
    expect(decision.decision).toBe('deprecate');
    expect(decision.reasons).toEqual([{ code: 'deprecated-by-other', deprecationTime: daysAgo(0) }, ...DUE_FACTS]);
  });

  test('for a later time is deprecated now', () => {
    const decision = decideFirst([anImage({ deprecationTime: new Date(AT.getTime() + 1) })], FULL);
    expect(decision).toMatchObject({ decision: 'deprecate' });
    expect(decision.reasons).toEqual(DUE_FACTS);
  });
});
