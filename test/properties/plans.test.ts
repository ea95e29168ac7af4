import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import { snapshotIdsOf } from '../../src/model/image.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, DAY, HARMLESS, NOT_IN_BIN, UNSHARED } from '../builders/account.ts';
import { afterwards } from '../builders/apply.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const cases = fc.tuple(accounts, rawPolicies);
const FREE = { perRun: 1000, stopAbove: '100%' };

function actionsOf(plan: Plan): Action[] {
  return plan.passes.flatMap((pass) => pass.actions);
}

/** Everything that a plan takes away, now or later. */
function losses(plan: Plan): Action[] {
  const all = plan.passes.flatMap((pass) => [...pass.actions, ...pass.deferred]);
  return all.filter(({ action }) => action !== 'reinstate' && action !== 'protect');
}

describe('a plan never touches', () => {
  test('an image that is referenced, protected, managed, public, kept by people, or not the account’s own', () => {
    tried(times(200), cases, ([account, raw]) => {
      const protect = Object(raw.protect);
      const named = [protect.images ?? []].flat();
      const policy = policyOf(raw);
      const plan = makePlan(account, policy, AT);
      const rules = new Map(plan.decisions.map(({ image, rule }) => [image.imageId, rule]));
      for (const action of losses(plan)) {
        if ('snapshotId' in action) continue;
        const image = account.images.find(({ imageId }) => imageId === action.imageId);
        expect(image).toMatchObject({ ownerId: account.target.accountId, productCodes: [] });
        const rule = policy.rules.find(({ name }) => name === rules.get(action.imageId));
        if (image?.isPublic) {
          expect(rule?.public).toBe(true);
          expect(action.action).not.toMatch(/^(disable|archive)$/);
        }
        expect(account.references.images.has(action.imageId)).toBe(false);
        expect(named).not.toContain(action.imageId);
        expect(image?.tags['ami-janitor:keep']).not.toBe('true');
        expect(Object.keys(image?.tags ?? {})).not.toContain('aws:backup:source');
        const isUnprotected = action.action === 'unprotect';
        if (isUnprotected) expect(image?.tags).toHaveProperty(['ami-janitor:protect-run']);
        const words = isUnprotected ? ['enabled-without-cooldown'] : [undefined, 'disabled'];
        expect(words).toContain(image?.deregistrationProtection);
        expect(['available', 'disabled']).toContain(image?.state);
      }
    });
  });

  test('a snapshot that is referenced, held, unknown, or mapped by an image that stays', () => {
    tried(times(200), cases, ([account, raw]) => {
      const actions = actionsOf(makePlan(account, policyOf(raw), AT));
      const going = new Set(actions.flatMap((one) => (one.action === 'deregister' ? [one.imageId] : [])));
      const taken = actions.flatMap((one) => {
        if (one.action === 'deregister') return one.deleteSnapshots;
        return one.action === 'delete-snapshot' ? [one.snapshotId] : [];
      });
      expect(new Set(taken).size).toBe(taken.length);
      for (const id of taken) {
        const snapshot = account.snapshots.find(({ snapshotId }) => snapshotId === id);
        expect(snapshot).toMatchObject({ state: 'completed', ownerId: account.target.accountId });
        expect(snapshot?.tags['ami-janitor:keep']).toBeUndefined();
        expect(snapshot?.tags).not.toHaveProperty(['aws:dlm:x']);
        expect(account.references.snapshots.has(id)).toBe(false);
        expect(account.snapshotDetails.get(id)).toEqual(HARMLESS);
        for (const image of account.images) {
          if (!going.has(image.imageId)) expect(snapshotIdsOf(image)).not.toContain(id);
        }
      }
    });
  });

  test('an image without this tool’s date, nor one of which something is still unread', () => {
    tried(times(200), cases, ([account, raw]) => {
      const policy = policyOf(raw);
      for (const action of actionsOf(makePlan(account, policy, AT))) {
        if ('snapshotId' in action || action.action === 'reinstate' || action.action === 'protect') continue;
        const image = account.images.find(({ imageId }) => imageId === action.imageId);
        if (policy.references.sharedImages === 'keep') {
          // An entry of its own account shares an image with nobody else.
          const sharing = account.sharing.get(action.imageId);
          const accounts = sharing?.status === 'read' ? sharing.accounts.filter((id) => id !== image?.ownerId) : [];
          expect({ ...sharing, accounts }).toEqual(UNSHARED);
        }
        if (action.action === 'deprecate' || action.action === 'unprotect') continue;
        expect(Date.parse(image?.tags['ami-janitor:deprecated-at'] ?? '')).toBeLessThanOrEqual(AT.getTime());
      }
    });
  });
});

test('a plan keeps its limits', () => {
  tried(times(200), cases, ([account, raw]) => {
    const policy = policyOf(raw);
    for (const { pass, actions, deferred, stopped } of makePlan(account, policy, AT).passes) {
      expect(actions.length).toBeLessThanOrEqual(policy.limits.perRun);
      const taking = [...actions, ...deferred].filter(
        ({ action }) => !/^(protect|reinstate|mark-orphan)$/.test(action),
      );
      const total = (pass === 'delete-snapshots' ? account.snapshots : account.images).length;
      expect(stopped !== undefined).toBe((taking.length / total) * 100 > policy.limits.stopAbovePercent);
      if (stopped) expect(actions).toEqual([]);
    }
  });
});

test('a plan after its own success comes to an end, and gives nothing back that it took', () => {
  tried(times(200), cases, ([account, raw]) => {
    const policy = policyOf({ ...raw, limits: FREE });
    const taken = new Set<string>();
    let current: Account = {
      ...account,
      sharing: new Map(account.images.map(({ imageId }) => [imageId, UNSHARED])),
      snapshotDetails: new Map(account.snapshots.map(({ snapshotId }) => [snapshotId, HARMLESS])),
      recycleBin: new Map([...account.recycleBin.keys()].map((imageId) => [imageId, NOT_IN_BIN])),
    };
    for (let round = 0; ; round += 1) {
      expect(round).toBeLessThan(8);
      const plan = makePlan(current, policy, AT);
      const actions = actionsOf(plan);
      if (actions.length === 0) break;
      for (const action of actions) {
        if ('snapshotId' in action) continue;
        // A copy whose source was deregistered before it can no longer be judged, and is given back, with its own copies.
        const isCopy = plan.decisions.some(
          ({ image, reasons }) =>
            image.imageId === action.imageId &&
            reasons.some(({ code }) => code === 'copy-source-unknown' || code === 'copy-of-kept'),
        );
        if (action.action === 'reinstate' && !isCopy) expect(taken.has(action.imageId)).toBe(false);
        if (action.action === 'deprecate') taken.add(action.imageId);
      }
      current = afterwards(current, plan);
    }
  });
});

test('what is said to come next comes then, if nothing else changes', () => {
  tried(times(200), cases, ([account, raw]) => {
    const policy = policyOf(raw);
    const { decisions } = makePlan(account, policy, AT);
    for (const { image, next, decision } of decisions) {
      if (!next) continue;
      // Others that the passing of time touches would change the groups.
      const alone = { ...account, images: [image] };
      if (
        image.sourceImageId ||
        decision === 'reinstate' ||
        policy.rules.some((rule) => rule.kind === 'retention' && rule.keep.newest)
      )
        continue;
      const [before] = makePlan(alone, policy, new Date(next.at.getTime() - 1)).decisions;
      const [then] = makePlan(alone, policy, next.at).decisions;
      expect(then?.decision).toBe(next.decision);
      expect(before?.decision).not.toBe(next.decision);
      expect(next.at.getTime() - AT.getTime()).toBeLessThan(1000 * DAY);
    }
  });
});
