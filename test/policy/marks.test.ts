import { describe, expect, test } from 'vitest';
import { SOURCES } from '../../src/model/reference.ts';
import { deprecationMark } from '../../src/policy/marks.ts';
import { AT, anImage, daysAgo } from '../builders/account.ts';
import { decideFirst } from '../builders/decide.ts';
import { oneRule } from '../builders/policy.ts';

const KEEP = 'keep: { youngerThan: 60d }, deprecate: {}';

const FULL = oneRule(`${KEEP}, disable: { after: 14d }, deregister: { after: 30d }`);

const DUE_FACTS = [
  { code: 'unreferenced', sources: SOURCES.length },
  { code: 'older-than', ageDays: 100, days: 60 },
];

const MARK = 'ami-janitor:deprecated-at';

describe('a mark that is not to be trusted', () => {
  test.each([
    ['a word', 'yesterday'],
    ['nothing', ''],
    ['tomorrow', daysAgo(-1).toISOString()],
    ['more than an hour ahead', new Date(AT.getTime() + 3_600_001).toISOString()],
  ])('%s: nothing is done', (_, value) => {
    const image = anImage({ deprecatedDaysAgo: 40, tags: { [MARK]: value } });
    const decision = decideFirst([image], FULL);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons[0]).toEqual({ code: 'deprecated-at-unreadable', value });
    const held = decideFirst([{ ...image, isPublic: true }], FULL);
    expect(held).toMatchObject({ decision: 'keep', reasons: [{ code: 'public' }] });
    const young = decideFirst([{ ...image, creationDate: daysAgo(10) }], FULL);
    expect(young).toMatchObject({ decision: 'keep', reasons: [{ code: 'younger-than' }] });
    expect(young).not.toHaveProperty('next');
  });

  test('an hour ahead, which clocks that differ explain, is trusted', () => {
    const soon = new Date(AT.getTime() + 3_600_000);
    const image = anImage({ deprecationTime: soon, tags: { [MARK]: soon.toISOString() } });
    expect(decideFirst([image], FULL).reasons[0]).toMatchObject({ code: 'waiting', deprecatedAt: soon });
  });

  const STALE: [string, Parameters<typeof anImage>[0]][] = [
    ['older than the image: it came with copied tags', { deprecatedDaysAgo: 101 }],
    ['without a deprecation: the run ended between', { tags: { [MARK]: daysAgo(40).toISOString() } }],
    [
      'with a deprecation that someone put off',
      { deprecationTime: daysAgo(-90), tags: { [MARK]: daysAgo(40).toISOString() } },
    ],
  ];

  test.each(STALE)('%s: the image is deprecated as if it had none', (_, over) => {
    expect(decideFirst([anImage(over)], FULL).decision).toBe('deprecate');
    expect(deprecationMark(anImage(over), AT.getTime())).toEqual({ kind: 'stale' });
    const held = decideFirst([anImage({ ...over, isPublic: true })], FULL);
    expect(held).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'public' }] });
  });

  test('as old as the image is trusted', () => {
    expect(decideFirst([anImage({ ageDays: 100, deprecatedDaysAgo: 100 })], FULL).decision).toBe('deregister');
  });

  test('that EC2 rounded up by minutes is trusted, by more is not', () => {
    const later = (ms: number) => {
      const deprecationTime = new Date(daysAgo(40).getTime() + ms);
      return anImage({ deprecationTime, tags: { [MARK]: daysAgo(40).toISOString() } });
    };
    expect(decideFirst([later(600_000)], FULL).decision).toBe('deregister');
    expect(decideFirst([later(600_001)], FULL).decision).toBe('deprecate');
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

  test('long before this tool’s tag goes its way from the tag on', () => {
    const image = anImage({ deprecationTime: daysAgo(90), tags: { [MARK]: daysAgo(13).toISOString() } });
    expect(decideFirst([image], FULL).decision).toBe('keep');
    expect(decideFirst([{ ...image, tags: { [MARK]: daysAgo(30).toISOString() } }], FULL).decision).toBe('deregister');
  });
});
