import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage, DAY } from '../builders/account.ts';
import { aPolicy, codesOf, decideFirst, oneRule } from '../builders/policy.ts';

/** The tags of what this tool disabled. */
const DISABLED = { Family: 'web', 'ami-janitor:disabled-at': '2026-11-01T02:00:00Z' };

describe('newest', () => {
  const policy = oneRule('groupBy: ["tag:Family", architecture], keep: { newest: 2 }, deprecate: {}');
  const web = { Family: 'web' };

  function decided(images: readonly Image[], by = policy): Record<string, string> {
    const decisions = decideImages(anAccount({ images }), by, AT);
    return Object.fromEntries(
      decisions.map(({ image, decision }) => [Number.parseInt(image.imageId.slice(4), 16), decision]),
    );
  }

  test('with youngerThan keeps none of the newest that is older', () => {
    const by = oneRule('keep: { newest: { count: 2, youngerThan: 1y } }, deprecate: {}');
    const images = [700, 365, 364, 1].map((ageDays, index) => anImage({ number: index + 1, ageDays }));
    expect(decided(images, by)).toEqual({ 1: 'deprecate', 2: 'deprecate', 3: 'keep', 4: 'keep' });
    const [, , oldest] = decideImages(anAccount({ images }), by, AT);
    expect(oldest?.next).toEqual({ decision: 'deprecate', at: new Date(AT.getTime() + DAY) });
    const [second] = decideImages(anAccount({ images: images.slice(1, 3) }), by, AT);
    const rank = { rank: 2, keep: 2, group: 'all', size: 2 };
    expect(second?.reasons).toContainEqual({ code: 'newest-too-old', ...rank, ageDays: 365, days: 365 });
  });

  test('keep: always keeps all that the rule owns', () => {
    const [decision] = decideImages(anAccount({ images: [anImage({ ageDays: 9999 })] }), oneRule('keep: always'), AT);
    expect(decision).toMatchObject({ decision: 'keep', rule: 'all', reasons: [{ code: 'rule-keeps-always' }] });
  });

  test('keeps the newest of each group and says where each stands', () => {
    const images = [
      anImage({ number: 1, ageDays: 300, tags: web }),
      anImage({ number: 2, ageDays: 200, tags: web }),
      anImage({ number: 3, ageDays: 100, tags: web }),
      anImage({ number: 4, ageDays: 400, tags: web, architecture: 'x86_64' }),
    ];
    expect(decided(images)).toEqual({ 1: 'deprecate', 2: 'keep', 3: 'keep', 4: 'keep' });
    expect(decideImages(anAccount({ images }), policy, AT).map(({ group }) => group)).toEqual([
      'web/arm64',
      'web/arm64',
      'web/arm64',
      'web/x86_64',
    ]);
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
    ['disabled', { state: 'disabled', tags: DISABLED }, 'deprecate'],
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
    expect(decision).not.toHaveProperty('group');
  });

  test('an empty tag is a group of its own', () => {
    const images = [1, 2, 3].map((number) => anImage({ number, tags: { Family: '' } }));
    expect(decided(images)).toEqual({ 1: 'keep', 2: 'keep', 3: 'deprecate' });
  });

  test.each(['/', ',', '","'])('groups do not run into each other with %j in their tags', (separator) => {
    const two = oneRule('groupBy: ["tag:A", "tag:B"], keep: { newest: 1 }, deprecate: {}');
    const images = [
      anImage({ number: 1, tags: { A: `x${separator}y`, B: 'z' } }),
      anImage({ number: 2, tags: { A: 'x', B: `y${separator}z` } }),
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

  test('a rule that does not count has no groups', () => {
    const by = (keep: string) => oneRule(`groupBy: [architecture], keep: { ${keep} }, deprecate: {}`);
    expect(decideFirst([anImage()], by('youngerThan: 60d'))).not.toHaveProperty('group');
    expect(decideFirst([anImage()], by('newest: 1'))).toHaveProperty('group', 'arm64');
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
