import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account, CrossAccountUsage, UsageReading } from '../../src/model/account.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { ACCOUNT_ID, AT, TEMPLATE } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { crossAccountUsageOf } from '../builders/arbitrary-elsewhere.ts';
import { type RawPolicy, rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const ACROSS = {
  targets: { accounts: ['111111111111'] },
  references: { sharedImages: 'evaluate' },
  limits: { perRun: 1000, stopAbove: '100%' },
};
const STEPS = ['keep', 'unprotect', 'deprecate', 'disable', 'archive', 'deregister'];

/** Accounts of which others are known, and policies that judge by those. */
const cases = fc
  .tuple(accounts, crossAccountUsageOf(12), rawPolicies, fc.nat(20))
  .map(([account, crossAccountUsage, raw, index]) => ({
    account: { crossAccountUsage, ...account },
    raw: { ...raw, ...ACROSS },
    index,
  }));
const RUNS = times(300);

/** How far each image's plan goes, by id; giving back takes nothing. */
function takes(account: Account, raw: RawPolicy): Map<string, number> {
  const { passes } = makePlan(account, policyOf(raw), AT);
  const actions = passes
    .flatMap((pass) => pass.actions)
    .filter(({ action }) => action !== 'reinstate' && action !== 'protect');
  return new Map(
    actions.flatMap((one) => ('snapshotId' in one ? [] : [[one.imageId, STEPS.indexOf(one.action)] as const])),
  );
}

function reinstated(account: Account, raw: RawPolicy): string[] {
  const decisions = decideImages(account, policyOf(raw), AT);
  return decisions.filter(({ decision }) => decision === 'reinstate').map(({ image }) => image.imageId);
}

function expectNoMore(before: Map<string, number>, after: Map<string, number>): void {
  for (const [id, step] of after) expect(step, id).toBeLessThanOrEqual(before.get(id) ?? 0);
}

const withCrossAccountUsage = (
  account: Account & { readonly crossAccountUsage: CrossAccountUsage },
  over: Partial<CrossAccountUsage>,
): Account => ({
  ...account,
  crossAccountUsage: { ...account.crossAccountUsage, ...over },
});

describe('no action is added when', () => {
  test('another account is found to use an image, or a snapshot', () => {
    tried(RUNS, cases, ({ account, raw, index }) => {
      const image = account.images[index % account.images.length];
      if (!image) return;
      const use = { ...TEMPLATE, accountId: '222222222222', region: 'eu-west-1' };
      const images = new Map([...account.references.images, [image.imageId, [use]]]);
      const after = takes({ ...account, references: { ...account.references, images } }, raw);
      expect(after.has(image.imageId)).toBe(false);
      expectNoMore(takes(account, raw), after);
    });
  });

  test('a usage report counts a use in an account that was not read', () => {
    tried(RUNS, cases, ({ account, raw }) => {
      const used = (reading: UsageReading): UsageReading =>
        reading.status === 'available'
          ? { ...reading, entries: [...reading.entries, { accountId: '999999999999', resourceType: 'x', count: 1 }] }
          : reading;
      const usage = new Map([...account.crossAccountUsage.usage].map(([id, reading]) => [id, used(reading)]));
      expectNoMore(takes(account, raw), takes(withCrossAccountUsage(account, { usage }), raw));
    });
  });

  test('an account can not be read, whether it was read before or was no target', () => {
    tried(RUNS, cases, fc.constantFrom('111111111111', '222222222222', '444444444444'), ({ account, raw }, id) => {
      const { read, unread } = account.crossAccountUsage;
      const before = takes(account, raw);
      const left = new Set([...read].filter((one) => one !== id));
      expectNoMore(
        before,
        takes(withCrossAccountUsage(account, { unread: new Map([...unread, [id, 'denied']]) }), raw),
      );
      expectNoMore(before, takes(withCrossAccountUsage(account, { read: left }), raw));
    });
  });

  test('usage reports can not be read, are being made, or are older', () => {
    const worse: fc.Arbitrary<UsageReading> = fc.constantFrom(
      { status: 'unreadable', error: 'denied' },
      { status: 'none' },
      { status: 'pending', createdAt: AT },
    );
    tried(RUNS, cases, worse, ({ account, raw }, reading) => {
      const usage = new Map([...account.crossAccountUsage.usage.keys()].map((id) => [id, reading]));
      const older = [...account.crossAccountUsage.usage].map(
        ([id, one]) => [id, one.status === 'available' ? { ...one, createdAt: new Date(0) } : one] as const,
      );
      const before = takes(account, raw);
      expectNoMore(before, takes(withCrossAccountUsage(account, { usage }), raw));
      expectNoMore(before, takes(withCrossAccountUsage(account, { usage: new Map(older) }), raw));
    });
  });

  test('nothing is known of other accounts at all: then what is shared stays', () => {
    tried(RUNS, cases, ({ account, raw }) => {
      const { crossAccountUsage: _, ...alone } = account;
      const after = takes(alone, raw);
      // Who reads one account has read no other before.
      expectNoMore(takes(withCrossAccountUsage(account, { lastUsedBy: new Map(), neverRead: new Set() }), raw), after);
      for (const id of after.keys()) {
        const sharing = [...alone.sharing].find(([one]) => one === id)?.[1];
        expect(sharing).toMatchObject({ status: 'read', organizations: [], isPublic: false });
        if (sharing?.status === 'read') expect(sharing.accounts.filter((one) => one !== ACCOUNT_ID)).toEqual([]);
      }
    });
  });
});

test('what can not be told reinstates nothing', () => {
  tried(RUNS, cases, ({ account, raw }) => {
    const all = ['111111111111', '222222222222', '333333333333', '444444444444'];
    const unread = new Map(all.map((id) => [id, 'denied']));
    const usage = new Map(account.images.map(({ imageId }) => [imageId, { status: 'none' } as const]));
    const before = reinstated(account, raw);
    for (const id of reinstated(withCrossAccountUsage(account, { unread, usage }), raw)) expect(before).toContain(id);
  });
});

test('no shared image is acted on before all that it may be used by has spoken', () => {
  tried(RUNS, cases, ({ account, raw }) => {
    const { crossAccountUsage } = account;
    for (const id of takes(account, raw).keys()) {
      const image = account.images.find(({ imageId }) => imageId === id);
      const sharing = image && account.sharing.get(image.imageId);
      if (!image || sharing?.status !== 'read') throw new Error(`${id} is acted on unread`);
      const others = sharing.accounts.filter((one) => one !== image.ownerId);
      for (const one of others) expect(crossAccountUsage.unread.has(one)).toBe(false);
      if (sharing.organizations.length > 0)
        expect([...crossAccountUsage.unread.keys()].filter((one) => one !== image.ownerId)).toEqual([]);
      if (sharing.organizations.length === 0 && others.every((one) => crossAccountUsage.read.has(one))) continue;
      expect(crossAccountUsage.usage.get(image.imageId)).toMatchObject({ status: 'available' });
    }
  });
});
