import { describe, expect, test } from 'vitest';
import type { AncestryReading } from '../../src/model/account.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage, imageId } from '../builders/account.ts';
import { aPolicy, codesOf, decideFirst, oneRule } from '../builders/policy.ts';

describe('ancestorsOfKept', () => {
  const policy = oneRule('keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {}');
  const from = (number: number, of: number, over = {}) =>
    anImage({ number, sourceImageId: imageId(of), sourceImageRegion: 'eu-west-1', ...over });
  const kept = { code: 'ancestor-of-kept', imageId: imageId(3) };

  test('keeps all that a kept image was made from, and nothing else', () => {
    const images = [anImage({ number: 1 }), from(2, 1), from(3, 2, { ageDays: 10 }), from(4, 1)];
    const decisions = decideImages(anAccount({ images }), policy, AT);
    expect(decisions.map(({ reasons: [first] }) => first)).toMatchObject([
      kept,
      kept,
      { code: 'younger-than' },
      { code: 'unreferenced' },
    ]);
  });

  test('is told by the first of those that stay, in the order of their ids', () => {
    const images = [anImage({ number: 1 }), ...[4, 3, 5].map((number) => from(number, 1, { ageDays: 10 }))];
    expect(decideFirst(images, policy).reasons).toEqual([kept]);
  });

  test('keeps what its own rule keeps so, and no image of another rule, or of none', () => {
    const policy = aPolicy(`rules:
      - { name: one, select: { name: [webapp-1, webapp-3] }, keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {} }
      - { name: two, select: { name: webapp-2 }, keep: { youngerThan: 60d }, deprecate: {} }`);
    const images = [anImage({ number: 1 }), from(2, 1), from(4, 2), from(3, 4, { ageDays: 10 })];
    const decisions = decideImages(anAccount({ images }), policy, AT);
    expect(decisions.map(({ reasons }) => reasons[0].code)).toEqual([
      'ancestor-of-kept',
      'unreferenced',
      'no-rule',
      'younger-than',
    ]);
  });

  test.each([
    ['none of them stays', [from(3, 1)]],
    ['what stays lies in another Region than it', [from(3, 1, { ageDays: 10, sourceImageRegion: 'us-east-1' })]],
    ['what stands between them is gone', [from(3, 2, { ageDays: 10 })]],
  ])('lets an image go where %s', (_, others) => {
    expect(decideFirst([anImage({ number: 1 }), ...others], policy).decision).toBe('deprecate');
  });

  const line = (...of: readonly (readonly [number, string])[]): AncestryReading => ({
    status: 'read',
    ancestors: of.map(([number, region]) => ({ imageId: imageId(number), region })),
  });
  test.each([
    ['AWS says that it leads there', line([9, 'eu-west-1'], [1, 'eu-west-1']), 'ancestor-of-kept'],
    ['it leads to an image of that id in another Region', line([1, 'us-east-1']), 'unreferenced'],
    ['it leads elsewhere', line([9, 'eu-west-1']), 'unreferenced'],
    ['AWS could not be asked', { status: 'unreadable', error: 'denied' } as const, 'source-unreadable'],
  ])('where a line goes on with an image that is gone, and %s', (_, reading, code) => {
    const images = [anImage({ number: 1 }), from(3, 2, { ageDays: 10 }), from(4, 5)];
    const account = anAccount({ images, ancestry: new Map([[imageId(2), reading]]) });
    const [first, , fourth] = decideImages(account, policy, AT);
    expect(first?.reasons[0].code).toBe(code);
    const unread = code === 'source-unreadable';
    expect(fourth?.reasons[0].code).toBe(unread ? code : 'unreferenced');
  });

  test('where AWS could not be asked, keeps nothing of a rule that does not ask for it', () => {
    const mixed = aPolicy(`rules:
      - { name: one, select: { name: webapp-1 }, keep: { youngerThan: 60d }, deprecate: {} }
      - { name: two, select: { name: webapp-2 }, keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {} }`);
    const images = [anImage({ number: 1 }), anImage({ number: 2 }), anImage({ number: 3 })];
    const ancestry = new Map([[imageId(9), { status: 'unreadable', error: 'denied' } as const]]);
    const decisions = decideImages(anAccount({ images, ancestry }), mixed, AT);
    expect(decisions.map(({ reasons }) => reasons[0].code)).toEqual(['unreferenced', 'source-unreadable', 'no-rule']);
  });

  test('keeps what it does only where the heir stays for certain, and else gives nothing back', () => {
    const ancestor = anImage({ number: 1, deprecatedDaysAgo: 5 });
    const heir = from(2, 1, { ageDays: 10 });
    const unsure = { sharing: new Map([[imageId(2), { status: 'unreadable', error: 'denied' } as const]]) };
    expect(decideFirst([ancestor, heir], policy).decision).toBe('reinstate');
    const shared = oneRule(
      'keep: { ancestorsOfKept: true, youngerThan: 5d }, deprecate: {}',
      'references: { sharedImages: keep }',
    );
    const decision = decideFirst([ancestor, heir], shared, unsure);
    expect([decision.decision, codesOf(decision)[0]]).toEqual(['keep', 'ancestor-of-kept']);
  });

  test('with copiesOfKept: an ancestor that stays keeps its own copies', () => {
    const both = oneRule('keep: { youngerThan: 60d, copiesOfKept: true, ancestorsOfKept: true }, deprecate: {}');
    const images = [from(1, 2), from(2, 2), from(3, 2, { ageDays: 10 })];
    const original = [from(1, 2), anImage({ number: 2 }), from(3, 2, { ageDays: 10 })];
    expect(codesOf(decideFirst(original, both))).toEqual(['copy-of-kept']);
    expect(codesOf(decideFirst(images, both))).toEqual(['copy-of-kept']);
  });

  test('a long line, and a circle, are no trouble', () => {
    const images = Array.from({ length: 20_000 }, (_, index) => from(index + 1, index));
    images.push(from(20_001, 20_000, { ageDays: 1 }));
    expect(codesOf(decideFirst(images, policy))).toEqual(['ancestor-of-kept']);
    expect(decideFirst([from(1, 2), from(2, 1)], policy).decision).toBe('deprecate');
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
