import { expect, test } from 'vitest';
import { actionKey } from '../../src/model/action-ref.ts';
import type { Action } from '../../src/model/plan.ts';
import { NOTHING } from '../../src/plan/candidate.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { missingDetailsForActions } from '../../src/plan/missing-details.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, snapshotId } from '../builders/account.ts';
import { POLICY } from '../builders/plan.ts';

const gone = imageId(99);
const account = {
  ...anAccount({
    images: [anImage({ number: 1, deprecatedDaysAgo: 40, snapshots: [1, 2] }), anImage({ number: 3, snapshots: [] })],
    snapshots: [
      aSnapshot({ number: 1 }),
      aSnapshot({ number: 2 }),
      aSnapshot({ number: 4, description: `Created by CreateImage(i-0123456789abcdef0) for ${gone}` }),
      aSnapshot({ number: 5, description: `Created by CreateImage(i-0123456789abcdef0) for ${gone}` }),
    ],
  }),
  sharing: new Map(),
  snapshotDetails: new Map(),
};
const deregister: Action = {
  action: 'deregister',
  imageId: imageId(1),
  rule: 'all',
  deleteSnapshots: [],
  keepSnapshots: [],
};
const deprecate: Action = { action: 'deprecate', imageId: imageId(3), rule: 'all', alreadyDeprecated: false };
const mark = (number: number): Action => ({ action: 'mark-orphan', snapshotId: snapshotId(number), imageId: gone });

test.each<[string, readonly Action[], object]>([
  ['nothing for no action', [], NOTHING],
  [
    'sharing and snapshots for a deregistration',
    [deregister],
    { ...NOTHING, sharing: [imageId(1)], snapshotDetails: [1, 2].map(snapshotId) },
  ],
  ['sharing for a deprecation', [deprecate], { ...NOTHING, sharing: [imageId(3)] }],
  ['the Recycle Bin for a mark, once for an image', [mark(4), mark(5)], { ...NOTHING, recycleBin: [gone] }],
  ['nothing for an action that is called for no more', [{ ...deprecate, imageId: imageId(1) }], NOTHING],
  ['nothing for an image that is gone', [{ ...deprecate, imageId: imageId(50) }], NOTHING],
])('to act again it wants %s', (_, actions, wanted) => {
  expect(missingDetailsForActions(evaluate(account, POLICY, AT), actions)).toEqual(wanted);
});

test('actions are alike where kind and resource are', () => {
  expect(actionKey(deregister)).toBe(`deregister ${imageId(1)}`);
  expect(actionKey(mark(4))).toBe(`mark-orphan ${snapshotId(4)}`);
});
