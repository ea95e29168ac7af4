import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import { type MissingDetails, NOTHING } from '../../src/plan/candidate.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { missingDetails } from '../../src/plan/missing-details.ts';
import {
  AT,
  anAccount,
  anImage,
  aRetentionRule,
  aSnapshot,
  daysAgo,
  HARMLESS,
  imageId,
  NOT_IN_BIN,
  snapshotId,
  UNSHARED,
} from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { oneRule, policyOf } from '../builders/policy.ts';
import { recorded } from '../builders/records.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const RULE = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }, snapshots: delete';
const limited = (perRun: number, stopAbove = '100%') =>
  oneRule(RULE, `limits: { perRun: ${perRun}, stopAbove: ${stopAbove} }\norphanSnapshots: { deleteAfter: 30d }`);
const EVALUATE = 'references: { sharedImages: evaluate }';
const SHARED = { ...UNSHARED, accounts: ['111111111111'] };
const NO_ANCESTORS = { status: 'read', ancestors: [] } as const;
const UNUSED = { status: 'available', reportId: 'imgreport-1', createdAt: AT, entries: [] } as const;

/** The account as it is seen at first: nothing further was read. */
function unasked({ crossAccountUsage: elsewhere, ...account }: Account): Account {
  return {
    ...account,
    ...(elsewhere && { crossAccountUsage: { ...elsewhere, usage: new Map() } }),
    sharing: new Map(),
    snapshotDetails: new Map(),
    recycleBin: new Map(),
    ancestry: new Map(),
  };
}

function answered(
  account: Account,
  wanted: MissingDetails,
  sharing: typeof UNSHARED | typeof SHARED = UNSHARED,
): Account {
  return {
    ...account,
    sharing: new Map([...account.sharing, ...wanted.sharing.map((id) => [id, sharing] as const)]),
    snapshotDetails: new Map([
      ...account.snapshotDetails,
      ...wanted.snapshotDetails.map((id) => [id, HARMLESS] as const),
    ]),
    ...(account.crossAccountUsage && {
      crossAccountUsage: {
        ...account.crossAccountUsage,
        usage: new Map([...account.crossAccountUsage.usage, ...wanted.usage.map((id) => [id, UNUSED] as const)]),
      },
    }),
    recycleBin: new Map([...account.recycleBin, ...wanted.recycleBin.map((id) => [id, NOT_IN_BIN] as const)]),
    ancestry: new Map([
      ...account.ancestry,
      ...account.images.flatMap(({ imageId, sourceImageId }) =>
        sourceImageId && wanted.ancestry.includes(imageId) ? [[sourceImageId, NO_ANCESTORS] as const] : [],
      ),
    ]),
  };
}

const many = (count: number, over = {}) =>
  unasked(
    anAccount({
      images: Array.from({ length: count }, (_, index) =>
        anImage({ number: index + 1, ageDays: 900 - index, ...over }),
      ),
      snapshots: Array.from({ length: count }, (_, index) => aSnapshot({ number: index + 1 })),
    }),
  );

describe('launch permissions', () => {
  test('are wanted for images that would be acted on, and for no others', () => {
    const account = unasked(
      anAccount({
        images: [anImage(), anImage({ number: 2, ageDays: 1 }), anImage({ number: 3, deprecatedDaysAgo: 5 })],
      }),
    );
    expect(missingDetails(evaluate(account, limited(50), AT))).toEqual({ ...NOTHING, sharing: [imageId(1)] });
  });

  test('are wanted for the oldest, as many as a run may act on', () => {
    expect(missingDetails(evaluate(many(20), limited(2), AT)).sharing).toEqual([1, 2].map(imageId));
  });

  test('are wanted for twice as many as are missing where answers took some away', () => {
    const asked = missingDetails(evaluate(many(40), limited(4), AT));
    const account = answered(many(40), { ...asked, sharing: asked.sharing.slice(1) });
    const shared = answered(account, { ...NOTHING, sharing: asked.sharing.slice(0, 1) }, SHARED);
    expect(missingDetails(evaluate(shared, limited(4), AT)).sharing).toEqual([5, 6].map(imageId));
  });

  test('are not wanted again where enough images can be acted on', () => {
    const account = answered(many(20), missingDetails(evaluate(many(20), limited(2), AT)));
    expect(missingDetails(evaluate(account, limited(2), AT))).toEqual(NOTHING);
    const two = answered(many(20), { ...NOTHING, sharing: [1, 2].map(imageId) });
    expect(missingDetails(evaluate(two, limited(2), AT))).toEqual(NOTHING);
    const one = answered(many(20), { ...NOTHING, sharing: [imageId(1)] });
    expect(missingDetails(evaluate(one, limited(2), AT)).sharing).toEqual([2, 3].map(imageId));
  });

  test('are wanted for four times as many as a run acts on where all of the first turn out to be shared', () => {
    const account = answered(many(20), missingDetails(evaluate(many(20), limited(2), AT)), SHARED);
    expect(missingDetails(evaluate(account, limited(2), AT)).sharing).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map(imageId));
  });

  test('are wanted for twice as many as are missing, where the answers took away few', () => {
    const two = { ...NOTHING, sharing: [1, 2].map(imageId) };
    expect(missingDetails(evaluate(answered(many(20), two), limited(4), AT)).sharing).toEqual(
      [3, 4, 5, 6].map(imageId),
    );
    const both = { ...two, snapshotDetails: [1, 2].map(snapshotId) };
    const going = answered(many(20, { deprecatedDaysAgo: 40 }), both);
    expect(missingDetails(evaluate(going, limited(4), AT)).sharing).toEqual([3, 4, 5, 6].map(imageId));
  });

  test('are wanted on while images that may be shared would stop the pass', () => {
    const account = answered(many(20), missingDetails(evaluate(many(20), limited(2, '50%'), AT)));
    expect(missingDetails(evaluate(account, limited(2, '50%'), AT)).sharing).toHaveLength(8);
  });

  test('are not wanted where the policy evaluates, or does nothing', () => {
    const evaluating = oneRule(RULE, EVALUATE);
    expect(missingDetails(evaluate(many(3), evaluating, AT))).toEqual(NOTHING);
    expect(missingDetails(evaluate(many(3), limited(0), AT))).toEqual(NOTHING);
  });
});

test('lines of descent are wanted once for each image that they go on with, where a rule keeps ancestors', () => {
  const from = (number: number, source: number, over = {}) =>
    anImage({ number, sourceImageId: imageId(source), ...over });
  const images = [anImage(), from(2, 9), from(3, 9, { ageDays: 1 }), from(4, 1), from(5, 8, { ageDays: 1 })];
  const account = anAccount({ images });
  const keeping = oneRule('keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {}');
  expect(missingDetails(evaluate(account, keeping, AT))).toEqual({ ...NOTHING, ancestry: [2, 5].map(imageId) });
  const asked = answered(account, { ...NOTHING, ancestry: [imageId(2)] });
  expect(missingDetails(evaluate(asked, keeping, AT)).ancestry).toEqual([imageId(5)]);
  expect(missingDetails(evaluate(account, limited(50), AT)).ancestry).toEqual([]);
  const evaluating = oneRule('keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {}', EVALUATE);
  expect(missingDetails(evaluate(account, evaluating, AT)).ancestry).toEqual([2, 5].map(imageId));
  expect(missingDetails(evaluate(anAccount({ images: images.slice(4) }), keeping, AT))).toEqual(NOTHING);
});

test('snapshot details are wanted for what images would take with them', () => {
  expect(missingDetails(evaluate(many(3, { deprecatedDaysAgo: 40 }), limited(50), AT))).toEqual({
    ...NOTHING,
    sharing: [1, 2, 3].map(imageId),
    snapshotDetails: [1, 2, 3].map(snapshotId),
  });
});

test('what would be removed wants the Recycle Bin’s rules, each kind once, and a public image a usage report', () => {
  const over = { deprecatedDaysAgo: 100, isPublic: true };
  const account = { ...many(2, over), retentionRules: new Map() };
  const policy = oneRule(`${RULE.replace('after: 30d', 'after: 90d')}, public: true`, 'limits: { stopAbove: 100% }');
  const wanted = missingDetails(evaluate(account, policy, AT));
  expect([...wanted.retentionRules].sort()).toEqual(['image', 'snapshot']);
  expect(wanted.publicUsage).toEqual([1, 2].map(imageId));
  const half = { ...account, publicUsage: new Map([[imageId(1), UNUSED]]) };
  expect(missingDetails(evaluate(half, policy, AT)).publicUsage).toEqual([imageId(2)]);
  expect(missingDetails(evaluate(many(2, { deprecatedDaysAgo: 100 }), policy, AT)).publicUsage).toEqual([]);
});

test('what is withheld is asked about beside what can be done, and takes none of its places', () => {
  const rule = aRetentionRule({ tags: [], excludeTags: [{ key: 'Held' }] });
  const account = many(6, { deprecatedDaysAgo: 40 });
  const images = account.images.map((image, index) =>
    index < 3 ? { ...image, tags: { ...image.tags, Held: '' } } : image,
  );
  const retentionRules = new Map([...account.retentionRules, ['image', { status: 'read', rules: [rule] }] as const]);
  const { sharing } = missingDetails(evaluate({ ...account, images, retentionRules }, limited(2), AT));
  expect(sharing).toEqual([4, 5, 1, 2].map(imageId));
});

test('what would be archived wants the details of its snapshots, and whether EC2 moves them', () => {
  const tags = { 'ami-janitor:disabled-at': daysAgo(1).toISOString() };
  const image = anImage({ deprecatedDaysAgo: 40, state: 'disabled', sourceImageId: imageId(9), tags });
  const snapshot = aSnapshot({ fullSizeBytes: 2 ** 30, volumeId: 'vol-1' });
  const account = { ...unasked(recorded(anAccount({ images: [image], snapshots: [snapshot] }))), tierings: new Map() };
  const archiving = oneRule(
    'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, archive: { after: 30d }',
  );
  expect(missingDetails(evaluate(account, archiving, AT))).toEqual({
    ...NOTHING,
    sharing: [imageId(1)],
    snapshotDetails: [snapshotId(1)],
    tierings: [snapshotId(1)],
  });
});

test('orphans want the Recycle Bin, and details where they would be deleted', () => {
  const gone = (number: number) => imageId(90 + number);
  const description = (number: number) => `Created by CreateImage(i-0123456789abcdef0) for ${gone(number)}`;
  const account = unasked(
    recorded(
      anAccount({
        snapshots: [
          aSnapshot({ number: 1, description: description(1) }),
          aSnapshot({ number: 2, tags: { 'ami-janitor:image': gone(2), 'ami-janitor:run': 'r' } }),
          aSnapshot({
            number: 3,
            description: description(3),
            tags: { 'ami-janitor:image': gone(3), 'ami-janitor:orphaned-at': daysAgo(50).toISOString() },
          }),
          aSnapshot({ number: 4, description: description(1) }),
        ],
      }),
    ),
  );
  const wanted = missingDetails(evaluate(account, limited(50), AT));
  expect(wanted.sharing).toEqual([]);
  expect(wanted.snapshotDetails).toEqual([2, 3].map(snapshotId));
  expect([...wanted.recycleBin].sort()).toEqual([gone(1), gone(3)]);
});

test('asking and answering comes to an end, within bounds, and leaves a full run’s worth of actions', () => {
  tried(times(300), accounts, rawPolicies, (account, raw) => {
    const policy = policyOf(raw);
    const { perRun } = policy.limits;
    let current = unasked(account);
    for (let round = 0; round < 50; round += 1) {
      const wanted = missingDetails(evaluate(current, policy, AT));
      if (Object.values(wanted).every((list) => list.length === 0)) break;
      expect(round).toBeLessThan(49);
      // A copy wants its sources too, and an image its two snapshots.
      expect(wanted.sharing.length).toBeLessThanOrEqual(3 * 4 * perRun * account.images.length);
      expect(wanted.recycleBin.length).toBeLessThanOrEqual(4 * perRun);
      current = answered(current, wanted);
    }
    for (const pass of makePlan(current, policy, AT).passes) {
      if (pass.stopped) continue;
      expect(pass.actions.length).toBe(Math.min(perRun, pass.actions.length + pass.deferred.length));
    }
  });
});
