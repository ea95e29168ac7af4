import { describe, expect, test } from 'vitest';
import type { PassName } from '../../src/model/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anImage, imageId, UNSHARED } from '../builders/account.ts';
import { ids, images, pass, RULE, WIDE } from '../builders/plan.ts';
import { oneRule } from '../builders/policy.ts';

describe('limits', () => {
  const many = (count: number, over = {}) =>
    Array.from({ length: count }, (_, index) => anImage({ number: index + 1, ageDays: 500 - index, ...over }));
  const limited = (limits: string) => oneRule(RULE, `limits: { ${limits} }`);

  test('perRun leaves the younger ones for later', () => {
    const { actions, deferred } = pass('deprecate', images(...many(5)), limited('perRun: 2, stopAbove: 100%'));
    expect(ids(actions)).toEqual([1, 2].map(imageId));
    expect(ids(deferred)).toEqual([3, 4, 5].map(imageId));
  });

  test('perRun counts each pass by itself, and what is given back too', () => {
    const account = images(
      anImage({ number: 1, deprecatedDaysAgo: 5, isPublic: true }),
      anImage({ number: 2 }),
      anImage({ number: 3, deprecatedDaysAgo: 40 }),
    );
    const policy = limited('perRun: 1, stopAbove: 100%');
    expect(ids(pass('deprecate', account, policy).actions)).toEqual([imageId(1)]);
    expect(ids(pass('deregister', account, policy).actions)).toEqual([imageId(3)]);
  });

  test('perRun: 0 does nothing', () => {
    for (const one of makePlan(images(...many(3)), limited('perRun: 0, stopAbove: 100%'), AT).passes) {
      expect(one.actions).toEqual([]);
    }
  });

  test('an unknown creation date comes last', () => {
    const expiry = oneRule('expire: { tag: E }, deprecate: {}', `limits: { perRun: 1, stopAbove: 100% }`);
    const tags = { E: '2020-01-01' };
    const account = images(anImage({ number: 1, ageDays: 'unknown', tags }), anImage({ number: 2, tags }));
    expect(ids(pass('deprecate', account, expiry).actions)).toEqual([imageId(2)]);
  });

  test.each([
    [25, 1, 4, false],
    [24, 1, 4, true],
    [0, 1, 4, true],
    [100, 4, 4, false],
  ])('stopAbove %d%% with %d of %d images due: stops is %s', (percent, due, total, stops) => {
    const rest = Array.from({ length: total - due }, (_, index) => anImage({ number: 100 + index, ageDays: 1 }));
    const one = pass('deprecate', images(...many(due), ...rest), limited(`stopAbove: ${percent}%`));
    expect(one.stopped !== undefined).toBe(stops);
    expect(one.actions).toHaveLength(stops ? 0 : due);
    expect(one.deferred).toHaveLength(stops ? due : 0);
  });

  test.each<[PassName, number]>([
    ['disable', 20],
    ['deregister', 40],
  ])('stopAbove counts what a pass would %s', (name, deprecatedDaysAgo) => {
    const account = images(...many(2, { deprecatedDaysAgo }), anImage({ number: 9, ageDays: 1 }));
    expect(pass(name, account, limited('stopAbove: 66%')).stopped).toMatchObject({ due: 2, ofImages: 3 });
    expect(pass(name, account, limited('stopAbove: 67%')).actions).toHaveLength(2);
  });

  test('a pass that is stopped says how many of how many, and does nothing at all', () => {
    const account = images(anImage({ number: 50, deprecatedDaysAgo: 5, isPublic: true }), ...many(2));
    const one = pass('deprecate', account, limited('stopAbove: 50%'));
    expect(one.stopped).toEqual({ due: 2, ofImages: 3, percent: 66.7, stopAbovePercent: 50 });
    expect(one.actions).toEqual([]);
  });

  test('what is given back does not stop a pass', () => {
    const account = images(...many(4, { deprecatedDaysAgo: 5, isPublic: true }));
    expect(pass('deprecate', account, limited('stopAbove: 0%')).actions).toHaveLength(4);
  });

  test('one pass that is stopped leaves the others', () => {
    const account = images(...many(3), anImage({ number: 4, deprecatedDaysAgo: 40 }));
    const policy = limited('stopAbove: 25%');
    expect(pass('deprecate', account, policy).actions).toHaveLength(0);
    expect(pass('deregister', account, policy).actions).toHaveLength(1);
  });

  test('an image that the answer holds twice is acted on once', () => {
    expect(pass('deprecate', images(anImage(), anImage())).actions).toHaveLength(1);
  });
});

describe('what was not asked about is not acted on', () => {
  test.each<[PassName, Parameters<typeof anImage>[0]]>([
    ['deprecate', {}],
    ['disable', { deprecatedDaysAgo: 20 }],
    ['deregister', { deprecatedDaysAgo: 40 }],
  ])('sharing: %s', (name, over) => {
    const one = pass(name, { ...images(anImage(over)), sharing: new Map() });
    expect(one.actions).toEqual([]);
    expect(one.deferred).toHaveLength(1);
  });

  test('sharing does not matter where the policy evaluates', () => {
    const policy = oneRule(RULE, `${WIDE}\nreferences: { sharedImages: evaluate }`);
    expect(pass('deprecate', { ...images(anImage()), sharing: new Map() }, policy).actions).toHaveLength(1);
  });

  test('what is given back needs no reading', () => {
    const account = images(anImage({ deprecatedDaysAgo: 5, isPublic: true }));
    expect(pass('deprecate', { ...account, sharing: new Map() }).actions).toHaveLength(1);
  });

  test('sharing of the source that a copy follows', () => {
    const policy = oneRule(`keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {}`, WIDE);
    const copy = anImage({ number: 1, sourceImageId: imageId(2), ageDays: 80 });
    const account = { ...images(copy, anImage({ number: 2 })), sharing: new Map([[imageId(1), UNSHARED]]) };
    expect(pass('deprecate', account, policy).actions).toEqual([]);
    const alone = oneRule('keep: { youngerThan: 60d }, deprecate: {}', WIDE);
    expect(ids(pass('deprecate', account, alone).actions)).toEqual([imageId(1)]);
    const circle = images(copy, anImage({ number: 2, sourceImageId: imageId(1) }));
    expect(pass('deprecate', { ...circle, sharing: new Map() }, policy).actions).toEqual([]);
  });

  test('sharing of what was made from an image that stays with it', () => {
    const policy = oneRule(`keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {}`, WIDE);
    const line = [
      anImage({ number: 1 }),
      anImage({ number: 2, sourceImageId: imageId(1) }),
      anImage({ number: 3, sourceImageId: imageId(2), ageDays: 80 }),
    ];
    const asked = (...numbers: number[]) => ({
      ...images(...line),
      sharing: new Map(numbers.map((number) => [imageId(number), UNSHARED])),
    });
    expect(ids(pass('deprecate', asked(1, 2), policy).actions)).toEqual([]);
    expect(ids(pass('deprecate', asked(1, 2, 3), policy).actions)).toHaveLength(3);
    const circle = { ...images(anImage({ sourceImageId: imageId(1) })), sharing: new Map([[imageId(1), UNSHARED]]) };
    expect(ids(pass('deprecate', circle, policy).actions)).toEqual([imageId(1)]);
  });

  test('snapshot details of a deregistration', () => {
    const account = images(anImage({ deprecatedDaysAgo: 40 }));
    const one = pass('deregister', { ...account, snapshotDetails: new Map() });
    expect(one.actions).toEqual([]);
    expect(one.deferred).toHaveLength(1);
  });

  test('does not hold up those behind it', () => {
    const account = {
      ...images(anImage({ ageDays: 200 }), anImage({ number: 2 })),
      sharing: new Map([[imageId(2), UNSHARED]]),
    };
    const policy = oneRule(RULE, 'limits: { perRun: 1, stopAbove: 100% }');
    expect(ids(pass('deprecate', account, policy).actions)).toEqual([imageId(2)]);
  });
});
