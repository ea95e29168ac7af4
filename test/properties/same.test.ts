import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';
import { countsPlainly, groupPlainly, rulePlainly } from '../oracle/decide-plainly.ts';

/** A plan by ids, so that two of differently ordered accounts can be compared. */
function byId({ decisions, snapshots, passes }: Plan): object {
  return {
    decisions: Object.fromEntries(decisions.map((one) => [one.image.imageId, { ...one, references: undefined }])),
    snapshots: Object.fromEntries(snapshots.map((one) => [one.snapshotId, one])),
    passes,
  };
}

test('the order of AWS’s answers changes nothing', () => {
  const shuffled = accounts.chain((account) =>
    fc.record({
      account: fc.constant(account),
      images: fc.shuffledSubarray([...account.images], { minLength: account.images.length }),
      snapshots: fc.shuffledSubarray([...account.snapshots], { minLength: account.snapshots.length }),
    }),
  );
  tried(times(200), shuffled, rawPolicies, ({ account, images, snapshots }, raw) => {
    const policy = policyOf(raw);
    const other = { ...account, images, snapshots };
    expect(byId(makePlan(other, policy, AT))).toEqual(byId(makePlan(account, policy, AT)));
  });
});

test('deciding twice gives the same, and touches nothing that it was given', () => {
  tried(times(100), accounts, rawPolicies, (account, raw) => {
    const policy = policyOf(raw);
    const before = structuredClone({ account, policy });
    const plan = makePlan(account, policy, AT);
    expect(makePlan(account, policy, AT)).toEqual(plan);
    expect({ account, policy }).toEqual(before);
  });
});

test('a decision stands for every image, in the account’s order', () => {
  tried(times(66), accounts, rawPolicies, (account, raw) => {
    const decisions = decideImages(account, policyOf(raw), AT);
    expect(decisions.map(({ image }) => image)).toEqual(account.images);
    for (const { reasons } of decisions) expect(reasons.length).toBeGreaterThan(0);
  });
});

test('keep.newest: N leaves at least N of every group, or all where there are fewer', () => {
  tried(times(200), accounts, rawPolicies, (account, raw) => {
    const decisions = new Map(decideImages(account, policyOf(raw), AT).map((one) => [one.image.imageId, one.decision]));
    for (const rule of raw.rules) {
      const owned = account.images.filter((image) => rulePlainly(image, account, raw, AT.getTime()) === rule);
      const groups = Map.groupBy(
        owned.filter((image) => countsPlainly(image, account)),
        (image) => groupPlainly(image, rule),
      );
      for (const members of groups.values()) {
        const left = members.filter(({ imageId }) => /^(keep|reinstate)$/.test(decisions.get(imageId) ?? ''));
        const { newest = 0 } = Object(rule.keep);
        expect(left.length).toBeGreaterThanOrEqual(Math.min(typeof newest === 'number' ? newest : 0, members.length));
      }
    }
  });
});
