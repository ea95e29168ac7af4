import { describe, expect, test } from 'vitest';
import { actionsPerRevalidation, notCalled, revalidationOf, validUntil } from '../../src/execute/revalidate.ts';
import type { Account } from '../../src/model/account.ts';
import type { Action } from '../../src/model/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, snapshotId, TEMPLATE } from '../builders/account.ts';
import { oneRule } from '../builders/policy.ts';

const POLICY = oneRule('keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }', 'limits: { perRun: 9 }');

/** How an action ends that a plan for now does not hold. */
function ending(action: Action, over: Partial<Account> = {}, withheld: readonly Action[] = []) {
  const account = { ...anAccount({ images: [anImage()], snapshots: [aSnapshot()] }), ...over };
  const { passes, ...plan } = makePlan(account, POLICY, AT);
  const held = passes.map((pass) => ({ ...pass, withheld: withheld.map((one) => ({ action: one, uncovered: [] })) }));
  const outcome = notCalled(revalidationOf({ ...plan, passes: held }), action);
  return `${outcome.status}: ${outcome.reason}`;
}

const DISABLE: Action = { action: 'disable', imageId: imageId(1), rule: 'all' };
const DEREGISTER: Action = {
  ...{ action: 'deregister', imageId: imageId(1), rule: 'all' },
  ...{ deleteSnapshots: [], keepSnapshots: [] },
};
const DELETE: Action = { action: 'delete-snapshot', snapshotId: snapshotId(1), imageId: imageId(9) };
const USED_THERE = { ...TEMPLATE, accountId: '210987654321' };
const using = (...references: (typeof TEMPLATE)[]) => ({
  references: { ...anAccount().references, images: new Map([[imageId(1), references]]) },
});

describe('an action that is not called for any more', () => {
  test.each<[string, string, Action, Partial<Account>]>([
    ['of an image that is gone', 'skipped: it is gone', DISABLE, { images: [] }],
    ['of one that was to go', 'done: it was already gone', DEREGISTER, { images: [] }],
    ['of a snapshot that is gone', 'done: it was already gone', DELETE, { images: [], snapshots: [] }],
    ['of a snapshot that stays', 'skipped: read again, it stays: mapped', DELETE, {}],
    [
      'of a snapshot that the inventory lacks',
      'skipped: read again, it stays: mapped, not-in-inventory',
      DELETE,
      { snapshots: [] },
    ],
    [
      'of an image of which AWS was not asked all',
      'skipped: read again, not all that must be known of it could be read',
      { action: 'deprecate', imageId: imageId(1), rule: 'all', alreadyDeprecated: false },
      {},
    ],
    [
      'of an image that has another step by now',
      'skipped: read again, it is to deprecate: unreferenced, older-than',
      DISABLE,
      {},
    ],
    [
      'of an image that is used',
      'skipped: read again, it is to keep: referenced (ec2:LaunchTemplate lt-0abc "web" version 7; ec2:LaunchTemplate lt-0abc in account 210987654321 "web" version 7)',
      DISABLE,
      using(TEMPLATE, USED_THERE),
    ],
  ])('%s ends so: %s', (_, sentence, action, over) => {
    expect(ending(action, over)).toBe(sentence);
  });

  test('names three uses at the most', () => {
    expect(ending(DISABLE, using(TEMPLATE, TEMPLATE, TEMPLATE, USED_THERE))).not.toContain('210987654321');
  });

  test('says where only the Recycle Bin would not hold what goes', () => {
    const why = 'skipped: read again, no Recycle Bin rule covers all that would go with it';
    expect(ending(DEREGISTER, {}, [DISABLE, DEREGISTER])).toBe(why);
    expect(ending(DEREGISTER, {}, [DISABLE])).not.toBe(why);
  });
});

describe('a reading is valid', () => {
  const minutes = (count: number) => new Date(AT.getTime() + count * 60_000);

  test.each([
    [0, 5],
    [2, 5],
    [3, 6],
    [12, 24],
    [30, 60],
    [40, 70],
  ])('that took %d minutes, for %d from its beginning', (took, until) => {
    expect(validUntil(AT, minutes(took))).toEqual(minutes(until));
  });
});

describe('one revalidation serves', () => {
  const MINUTE = 60_000;

  test.each([
    ['fifty where nothing was done yet', 10 * MINUTE, 0, 0, 50],
    ['fifty where that took no time', 10 * MINUTE, 10, 0, 50],
    ['fifty at the least', 1000, 10, 10 * MINUTE, 50],
    // 3 × 20 s at 0.5 s each
    ['what takes three times as long as the reading', 20_000, 10, 5000, 120],
    // 0.8 × 5 min at 1 s each, not 3 × 2 min
    ['what fills the five minutes that it is valid', 2 * MINUTE, 10, 10_000, 240],
    // 0.8 × 12 min at 1 s each
    ['what fills a long reading’s time', 12 * MINUTE, 10, 10_000, 576],
    // 0.8 × 30 min at 2 s each
    ['what fills thirty minutes, however long the reading', 90 * MINUTE, 10, 20_000, 720],
    ['a thousand at the most', 12 * MINUTE, 100, 1000, 1000],
  ])('%s', (_, readMilliseconds, executed, executeMilliseconds, actions) => {
    expect(actionsPerRevalidation({ readMilliseconds, executed, executeMilliseconds })).toBe(actions);
  });
});
