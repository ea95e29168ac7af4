import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import { decideImages } from '../../src/policy/decide.ts';
import { AT, anAccount, anImage, DAY, daysAgo, imageId } from '../builders/account.ts';
import { codesOf, decideFirst } from '../builders/decide.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';

const MS = 1 / DAY;

describe('youngerThan', () => {
  const policy = oneRule('keep: { youngerThan: 60d }, deprecate: {}');

  test.each([
    ['a millisecond before the limit keeps', 60 - MS, 'keep'],
    ['exactly at the limit is due', 60, 'deprecate'],
    ['a date in the future keeps', -5, 'keep'],
  ])('%s', (_, ageDays, decision) => {
    expect(decideFirst([anImage({ ageDays })], policy).decision).toBe(decision);
  });

  test('says the age, never rounded up, and when it ends', () => {
    const decision = decideFirst([anImage({ ageDays: 60 - MS })], policy);
    expect(decision.reasons).toEqual([{ code: 'younger-than', ageDays: 59, days: 60 }]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: new Date(AT.getTime() + 1) });
  });

  test('says hundredths of a day where the limit is hours', () => {
    const hours = oneRule('keep: { youngerThan: 36h }, deprecate: {}');
    const decision = decideFirst([anImage({ ageDays: 0.999 })], hours);
    expect(decision.reasons).toEqual([{ code: 'younger-than', ageDays: 0.99, days: 1.5 }]);
  });

  test('an age below zero is said as zero', () => {
    expect(decideFirst([anImage({ ageDays: -5 })], policy).reasons).toEqual([
      { code: 'younger-than', ageDays: 0, days: 60 },
    ]);
  });

  test('an unknown creation date keeps, and has no end', () => {
    const decision = decideFirst([anImage({ ageDays: 'unknown' })], policy);
    expect(decision.reasons).toEqual([{ code: 'creation-date-unknown' }]);
    expect(decision).not.toHaveProperty('next');
  });
});

describe('launchedWithin', () => {
  const policy = oneRule('keep: { launchedWithin: 90d }, deprecate: {}');

  test.each([
    ['a launch within keeps', 90 - MS, 'keep'],
    ['a launch exactly at the limit does not', 90, 'deprecate'],
    ['a launch in the future keeps', -1, 'keep'],
  ])('%s', (_, lastLaunchedDaysAgo, decision) => {
    expect(decideFirst([anImage({ ageDays: 400, lastLaunchedDaysAgo })], policy).decision).toBe(decision);
  });

  test('says when it was, and when it ends', () => {
    const decision = decideFirst([anImage({ lastLaunchedDaysAgo: 12.5 })], policy);
    expect(decision.reasons).toEqual([{ code: 'launched-within', daysAgo: 12, days: 90 }]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: daysAgo(12.5 - 90) });
  });

  test('no launch time keeps nothing by itself, and none is made up', () => {
    expect(decideFirst([anImage()], policy).reasons).toContainEqual({ code: 'not-launched-within', days: 90 });
  });

  test('an old launch is told', () => {
    const decision = decideFirst([anImage({ ageDays: 400, lastLaunchedDaysAgo: 100 })], policy);
    expect(decision.reasons).toContainEqual({ code: 'not-launched-within', daysAgo: 100, days: 90 });
  });
});

test('any one condition keeps, and the next decision comes when the last has ended', () => {
  const policy = oneRule('keep: { youngerThan: 60d, launchedWithin: 90d }, deprecate: {}');
  const tags = { 'ami-janitor:keep': '2026-12-01' };
  const decision = decideFirst([anImage({ ageDays: 50, lastLaunchedDaysAgo: 20, tags })], policy);
  expect(codesOf(decision)).toEqual(['keep-tag', 'younger-than', 'launched-within']);
  expect(decision.next).toEqual({ decision: 'deprecate', at: daysAgo(20 - 90) });
});

test('a hold that time does not end leaves no next decision', () => {
  const policy = oneRule('keep: { newest: 1, youngerThan: 60d }, deprecate: {}');
  const decision = decideFirst([anImage({ ageDays: 50 })], policy);
  expect(codesOf(decision)).toEqual(['newest-of-group', 'younger-than']);
  expect(decision).not.toHaveProperty('next');
});

test('a rule that only reports has no next decision', () => {
  expect(decideFirst([anImage({ ageDays: 1 })], oneRule('keep: { youngerThan: 60d }'))).not.toHaveProperty('next');
});

test('an image that another rule will own by then has no next decision', () => {
  const rules = (select: string) =>
    aPolicy(`rules:
      - { name: young, select: ${select}, keep: { youngerThan: 60d }, deprecate: {} }
      - { name: rest, select: {}, keep: { youngerThan: 1y }, deprecate: {} }`);
  expect(decideFirst([anImage({ ageDays: 20 })], rules('{ youngerThan: 30d }'))).not.toHaveProperty('next');
  expect(decideFirst([anImage({ ageDays: 20 })], rules('{ youngerThan: 90d }'))).toHaveProperty('next');
});

describe('newest', () => {
  const policy = oneRule('groupBy: ["tag:Family", architecture], keep: { newest: 2 }, deprecate: {}');
  const web = { Family: 'web' };

  function decided(images: readonly Image[], by = policy): Record<string, string> {
    const decisions = decideImages(anAccount({ images }), by, AT);
    return Object.fromEntries(
      decisions.map(({ image, decision }) => [Number.parseInt(image.imageId.slice(4), 16), decision]),
    );
  }

  test('keeps the newest of each group and says where each stands', () => {
    const images = [
      anImage({ number: 1, ageDays: 300, tags: web }),
      anImage({ number: 2, ageDays: 200, tags: web }),
      anImage({ number: 3, ageDays: 100, tags: web }),
      anImage({ number: 4, ageDays: 400, tags: web, architecture: 'x86_64' }),
    ];
    expect(decided(images)).toEqual({ 1: 'deprecate', 2: 'keep', 3: 'keep', 4: 'keep' });
    const [oldest, middle] = decideImages(anAccount({ images }), policy, AT);
    expect(oldest?.reasons).toContainEqual({ code: 'beyond-newest', rank: 3, keep: 2, group: 'web/arm64', size: 3 });
    expect(middle?.reasons).toEqual([{ code: 'newest-of-group', rank: 2, keep: 2, group: 'web/arm64', size: 3 }]);
  });

  test('breaks ties by image id, whatever the order', () => {
    const images = [1, 2, 3].map((number) => anImage({ number, tags: web }));
    const expected = { 1: 'keep', 2: 'keep', 3: 'deprecate' };
    expect(decided(images)).toEqual(expected);
    expect(decided(images.toReversed())).toEqual(expected);
  });

  test('an unknown creation date stands as newest and stays', () => {
    const images = [
      anImage({ number: 1, ageDays: 1, tags: web }),
      anImage({ number: 2, ageDays: 2, tags: web }),
      anImage({ number: 3, ageDays: 'unknown', tags: web }),
      anImage({ number: 4, ageDays: 'unknown', tags: web }),
      anImage({ number: 5, ageDays: 'unknown', tags: web }),
    ];
    expect(decided(images)).toEqual({ 1: 'deprecate', 2: 'deprecate', 3: 'keep', 4: 'keep', 5: 'keep' });
    const decision = decideImages(anAccount({ images }), policy, AT).at(-1);
    expect(codesOf(decision ?? { reasons: [] })).toEqual(['creation-date-unknown']);
  });

  test.each([
    ['disabled', { state: 'disabled' }, 'deprecate'],
    ['pending', { state: 'pending' }, 'keep'],
    ['failed', { state: 'failed' }, 'keep'],
    ["AWS Backup's", { ownerAlias: 'aws-backup-vault' }, 'keep'],
    ['of Data Lifecycle Manager', { tags: { ...web, 'aws:dlm:x': '' } }, 'keep'],
    ["someone else's", { ownerId: '999999999999' }, 'keep'],
  ])('an image that is %s does not count as one of the newest', (_, over, own) => {
    const images = [
      anImage({ number: 1, ageDays: 1, tags: web, ...over }),
      anImage({ number: 2, ageDays: 200, tags: web }),
      anImage({ number: 3, ageDays: 300, tags: web }),
      anImage({ number: 4, ageDays: 400, tags: web }),
    ];
    expect(decided(images)).toEqual({ 1: own, 2: 'keep', 3: 'keep', 4: 'deprecate' });
  });

  test('an image that the answer holds twice counts once', () => {
    const twice = anImage({ number: 1, ageDays: 1, tags: web });
    const images = [twice, twice, anImage({ number: 2, ageDays: 2, tags: web })];
    expect(decided(images)).toEqual({ 1: 'keep', 2: 'keep' });
  });

  test('an image without a group stays: which family it belongs to can not be told', () => {
    const decision = decideFirst([anImage()], policy);
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'group-unknown', groupBy: 'tag:Family' }] });
  });

  test('an empty tag is a group of its own', () => {
    const images = [1, 2, 3].map((number) => anImage({ number, tags: { Family: '' } }));
    expect(decided(images)).toEqual({ 1: 'keep', 2: 'keep', 3: 'deprecate' });
  });

  test('groups do not run into each other, whatever stands in the tags', () => {
    const two = oneRule('groupBy: ["tag:A", "tag:B"], keep: { newest: 1 }, deprecate: {}');
    const images = [
      anImage({ number: 1, tags: { A: 'x/y', B: 'z' } }),
      anImage({ number: 2, tags: { A: 'x', B: 'y/z' } }),
    ];
    expect(decided(images, two)).toEqual({ 1: 'keep', 2: 'keep' });
  });

  test('without groupBy all images of the rule are one group, under its name', () => {
    const all = oneRule('keep: { newest: 1 }, deprecate: {}');
    const images = [anImage({ number: 1, ageDays: 9 }), anImage({ number: 2, ageDays: 8, tags: web })];
    expect(decided(images, all)).toEqual({ 1: 'deprecate', 2: 'keep' });
    expect(decideFirst(images, all).reasons).toContainEqual(
      expect.objectContaining({ code: 'beyond-newest', group: 'all' }),
    );
  });

  test('counts only images that the rule owns', () => {
    const rules = aPolicy(`rules:
      - { name: arm, select: { architecture: arm64 }, keep: { newest: 1 }, deprecate: {} }
      - { name: rest, select: {}, keep: { newest: 1 }, deprecate: {} }`);
    const images = [
      anImage({ number: 1, ageDays: 1 }),
      anImage({ number: 2, ageDays: 2 }),
      anImage({ number: 3, ageDays: 3, architecture: 'x86_64' }),
    ];
    expect(decided(images, rules)).toEqual({ 1: 'keep', 2: 'deprecate', 3: 'keep' });
  });

  test('groups by the captured part of the name', () => {
    const byName = oneRule('groupBy: ["name:{*}-20??????"], keep: { newest: 1 }, deprecate: {}');
    const images = [
      anImage({ number: 1, ageDays: 2, name: 'web-api-20260101' }),
      anImage({ number: 2, ageDays: 1, name: 'web-api-20260102' }),
      anImage({ number: 3, ageDays: 3, name: 'web-20260101' }),
      anImage({ number: 4, ageDays: 4, name: 'other' }),
    ];
    expect(decided(images, byName)).toEqual({ 1: 'deprecate', 2: 'keep', 3: 'keep', 4: 'keep' });
    expect(decideFirst(images, byName).reasons).toContainEqual(expect.objectContaining({ group: 'web-api' }));
    expect(decideFirst(images.slice(3), byName).reasons).toEqual([
      { code: 'group-unknown', groupBy: 'name:{*}-20??????' },
    ]);
  });
});

describe('copiesOfKept', () => {
  const policy = oneRule('keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {}');
  const copy = (number: number, of: number, over = {}) =>
    anImage({ number, sourceImageId: imageId(of), sourceImageRegion: 'eu-west-1', ...over });

  test('keeps a copy with its source', () => {
    const decision = decideFirst([copy(1, 2), anImage({ number: 2, ageDays: 10 })], policy);
    expect(decision.reasons).toEqual([{ code: 'copy-of-kept', sourceImageId: imageId(2), sourceRegion: 'eu-west-1' }]);
  });

  test('a source without a Region lies in the same one', () => {
    const image = anImage({ sourceImageId: imageId(2) });
    expect(codesOf(decideFirst([image, anImage({ number: 2, ageDays: 10 })], policy))).toEqual(['copy-of-kept']);
  });

  test('lets a copy go with its source', () => {
    expect(decideFirst([copy(1, 2), anImage({ number: 2 })], policy).decision).toBe('deprecate');
  });

  test('a copy of a copy is kept with the first', () => {
    const images = [copy(1, 2), copy(2, 3), anImage({ number: 3, ageDays: 10 })];
    expect(codesOf(decideFirst(images, policy))).toEqual(['copy-of-kept']);
    expect(codesOf(decideFirst(images.toReversed(), policy))).toEqual(['younger-than']);
    expect(decideFirst([copy(1, 2), copy(2, 3), anImage({ number: 3 })], policy).decision).toBe('deprecate');
  });

  test('a copy that is kept for itself keeps its own copies', () => {
    const images = [copy(1, 2), copy(2, 3, { ageDays: 1 }), anImage({ number: 3 })];
    expect(codesOf(decideFirst(images, policy))).toEqual(['copy-of-kept']);
    expect(codesOf(decideFirst(images.slice(1), policy))).toEqual(['younger-than']);
  });

  test.each([
    ['in another Region', 'us-east-1'],
    ['that is not there', 'eu-west-1'],
  ])('a source %s keeps: it can not be judged', (_, sourceImageRegion) => {
    const others = sourceImageRegion === 'us-east-1' ? [anImage({ number: 2 })] : [];
    expect(decideFirst([copy(1, 2, { sourceImageRegion }), ...others], policy).reasons).toEqual([
      { code: 'copy-source-unknown', sourceImageId: imageId(2), sourceRegion: sourceImageRegion },
    ]);
  });

  test('a circle of sources keeps', () => {
    expect(codesOf(decideFirst([copy(1, 2), copy(2, 1)], policy))).toEqual(['copy-of-kept']);
    expect(codesOf(decideFirst([copy(1, 1)], policy))).toEqual(['copy-of-kept']);
  });

  test.each([
    ['a rule that only reports', 'keep: { youngerThan: 60d }'],
    ['no rule', undefined],
  ])('%s keeps the source, and so the copy', (_, source) => {
    const other = source ? `, { name: source, select: { name: source }, ${source} }` : '';
    const both = aPolicy(
      `rules: [{ name: copies, select: { name: webapp-1 }, keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {} }${other}]`,
    );
    expect(codesOf(decideFirst([copy(1, 2), anImage({ number: 2, name: 'source' })], both))).toEqual(['copy-of-kept']);
  });

  test('a long chain of copies is no trouble', () => {
    const images = Array.from({ length: 20_000 }, (_, index) => copy(index + 1, index + 2));
    images.push(anImage({ number: 20_001, ageDays: 1 }));
    expect(codesOf(decideFirst(images, policy))).toEqual(['copy-of-kept']);
  });

  test('is off unless asked for', () => {
    const plain = oneRule('keep: { youngerThan: 60d }, deprecate: {}');
    expect(decideFirst([copy(1, 2), anImage({ number: 2, ageDays: 1 })], plain).decision).toBe('deprecate');
  });
});

describe('expire', () => {
  const policy = oneRule('expire: { tag: ExpiresOn }, deprecate: {}');
  const expiring = (value: string) => anImage({ tags: { ExpiresOn: value } });

  test.each([
    ['a date that is past', '2026-11-20', 'deprecate'],
    ['today, which has not ended', '2026-11-21', 'keep'],
    ['this very moment', '2026-11-21T02:00:00Z', 'keep'],
    ['a millisecond ago', '2026-11-21T01:59:59.999Z', 'deprecate'],
    ['a word', 'never', 'keep'],
    ['nothing', '', 'keep'],
  ])('%s', (_, value, decision) => {
    expect(decideFirst([expiring(value)], policy).decision).toBe(decision);
  });

  test('says when, and what comes then', () => {
    const decision = decideFirst([expiring('2026-11-21')], policy);
    expect(decision.reasons).toEqual([
      { code: 'not-expired', tag: 'ExpiresOn', expiresAt: new Date('2026-11-21T23:59:59.999Z') },
    ]);
    expect(decision.next).toEqual({ decision: 'deprecate', at: new Date('2026-11-22T00:00:00Z') });
  });

  test('says since when it is past', () => {
    const expired = { code: 'expired', tag: 'ExpiresOn', expiredAt: new Date('2026-11-10T02:00:00Z'), days: 11 };
    expect(decideFirst([expiring('2026-11-10T02:00Z')], policy).reasons).toContainEqual(expired);
  });

  test('an image without the tag stays', () => {
    expect(decideFirst([anImage()], policy).reasons).toEqual([{ code: 'expiry-missing', tag: 'ExpiresOn' }]);
  });

  test('what can not be read is said', () => {
    const unreadable = { code: 'expiry-unreadable', tag: 'ExpiresOn', value: '31.12.2025' };
    expect(decideFirst([expiring('31.12.2025')], policy).reasons).toEqual([unreadable]);
  });

  test('an unknown creation date does not matter', () => {
    const image = anImage({ ageDays: 'unknown', tags: { ExpiresOn: '2026-01-01' } });
    expect(decideFirst([image], policy).decision).toBe('deprecate');
  });
});

test('a time that is no time is refused', () => {
  expect(() => decideImages(anAccount(), oneRule('keep: { newest: 1 }'), new Date(Number.NaN))).toThrow(RangeError);
});
