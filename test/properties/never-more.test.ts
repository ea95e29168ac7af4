import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import type { SourceReading } from '../../src/model/reference.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, TEMPLATE } from '../builders/account.ts';
import { accounts, sourceNames } from '../builders/arbitraries.ts';
import { type RawKeep, type RawPolicy, type RawRule, rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const STRENGTH = { reinstate: 0, keep: 0, deprecate: 1, disable: 2, archive: 3, deregister: 4, delete: 1 };

/** How much each image and snapshot loses, by id. */
function losses(account: Account, raw: RawPolicy): Map<string, number> {
  const policy = policyOf(raw);
  const images = decideImages(account, policy, AT);
  const snapshots = decideSnapshots(account, images, policy, AT);
  const lost = new Map<string, number>(images.map((one) => [one.image.imageId, STRENGTH[one.decision]]));
  for (const one of snapshots) lost.set(one.snapshotId, STRENGTH[one.decision]);
  return lost;
}

/** Widens what a rule keeps, where it keeps by count, age or use. */
function keeping(wider: (keep: RawKeep) => RawKeep): (rule: RawRule) => RawRule {
  return (rule) =>
    rule.keep && rule.keep !== 'always' ? { ...rule, keep: { ...rule.keep, ...wider(rule.keep) } } : rule;
}

function expectNoMore(before: Map<string, number>, after: Map<string, number>): void {
  const worse = [...after].filter(([id, loss]) => loss > (before.get(id) ?? 0)).map(([id]) => id);
  expect(worse).toEqual([]);
}

/** Longer than any wait of the random policies. */
const longer = ({ public: isPublic, archive }: Pick<RawRule, 'public' | 'archive'>) =>
  archive ? '300d' : isPublic ? '120d' : '45d';

function notForPublic({ public: _, ...rule }: RawRule): RawRule {
  return rule;
}

function withImage(account: Account, index: number, over: Partial<Image>): Account {
  const at = index % account.images.length;
  return { ...account, images: account.images.map((image, each) => (each === at ? { ...image, ...over } : image)) };
}

const cases = fc.tuple(accounts, rawPolicies, fc.nat(20));
const RUNS = times(150);

describe('nothing loses more than before when', () => {
  test('an image is referenced by one thing more', () => {
    tried(RUNS, cases, ([account, raw, index]) => {
      const image = account.images[index % account.images.length];
      if (!image) return;
      const images = new Map([...account.references.images, [image.imageId, [TEMPLATE, TEMPLATE]]]);
      const after = losses({ ...account, references: { ...account.references, images } }, raw);
      expect(after.get(image.imageId)).toBe(0);
      expectNoMore(losses(account, raw), after);
    });
  });

  test('a snapshot is referenced', () => {
    tried(RUNS, cases, ([account, raw, index]) => {
      const snapshot = account.snapshots[index % account.snapshots.length];
      if (!snapshot) return;
      const snapshots = new Map([...account.references.snapshots, [snapshot.snapshotId, [TEMPLATE]]]);
      const after = losses({ ...account, references: { ...account.references, snapshots } }, raw);
      expect(after.get(snapshot.snapshotId)).toBe(0);
      expectNoMore(losses(account, raw), after);
    });
  });

  test('a source can not be read, or is not looked at: then nothing is lost at all', () => {
    tried(RUNS, cases, sourceNames, fc.boolean(), ([account, raw], name, isMissing) => {
      const others = account.references.sources.filter((source) => source.name !== name);
      const failed: SourceReading = { name, status: 'unreadable', references: 0, calls: 1, error: 'x' };
      const sources = isMissing ? others : [...others, failed];
      const after = losses({ ...account, references: { ...account.references, sources } }, raw);
      expect([...after.values()].every((loss) => loss === 0)).toBe(true);
    });
  });

  test('launch permissions or snapshot details can not be read', () => {
    tried(RUNS, cases, ([account, raw]) => {
      const unread = { status: 'unreadable', error: 'x' } as const;
      const sharing = new Map(account.images.map(({ imageId }) => [imageId, unread]));
      const snapshotDetails = new Map(account.snapshots.map(({ snapshotId }) => [snapshotId, unread]));
      const before = losses(account, raw);
      expectNoMore(before, losses({ ...account, sharing }, raw));
      expectNoMore(before, losses({ ...account, snapshotDetails }, raw));
      expectNoMore(before, losses({ ...account, sharing, snapshotDetails }, raw));
    });
  });

  test.each<[string, (image: Image) => Partial<Image>]>([
    ['by the keep tag', ({ tags }) => ({ tags: { ...tags, 'ami-janitor:keep': 'true' } })],
    ['by an unreadable keep tag', ({ tags }) => ({ tags: { ...tags, 'ami-janitor:keep': 'maybe' } })],
    ['by AWS Backup', ({ tags }) => ({ tags: { ...tags, 'aws:backup:x': '' } })],
    ['from deregistration', () => ({ deregistrationProtection: 'enabled-with-cooldown' })],
    ['by being public', () => ({ isPublic: true })],
  ])('an image is protected %s', (_, protection) => {
    tried(RUNS, cases, ([account, raw, index]) => {
      const image = account.images[index % account.images.length];
      if (!image) return;
      // Rules for public images have their own property.
      const others = { ...raw, rules: raw.rules.map(notForPublic) };
      const after = losses(withImage(account, index, protection(image)), others);
      expect(after.get(image.imageId)).toBe(0);
      expectNoMore(losses(account, others), after);
    });
  });

  test('rules are for public images: all but those are decided as before, and what is public is deprecated first, and never disabled', () => {
    // What is kept with a public image goes with it.
    const alone = keeping(() => ({ copiesOfKept: false, ancestorsOfKept: false }));
    const opted = ({ disable, archive, ...rule }: RawRule): RawRule =>
      rule.deprecate === undefined || rule.keep === 'always'
        ? rule
        : { ...rule, public: true, ...(rule.deregister && { deregister: { after: '90d', notice: '90d' } }) };
    let lost = 0;
    // Few are: a sample of them must have some.
    tried(times(450), cases, ([account, raw, index]) => {
      const images = account.images.map((image, each) => ({ ...image, isPublic: (each + index) % 2 === 0 }));
      const published = { ...account, images };
      const [without, with_] = [notForPublic, (rule: RawRule) => rule].map((each) =>
        losses(published, { ...raw, rules: raw.rules.map(opted).map(alone).map(each) }),
      );
      for (const { imageId, isPublic, tags } of published.images) {
        const [before, after] = [without?.get(imageId), with_?.get(imageId) ?? 0];
        if (!isPublic) {
          expect(after).toBe(before);
          continue;
        }
        expect(before).toBe(0);
        expect(after).not.toBe(STRENGTH.disable);
        if (after === STRENGTH.deregister) expect(tags).toHaveProperty('ami-janitor:deprecated-at');
        if (after > 0) lost += 1;
      }
    });
    expect(lost).toBeGreaterThan(0);
  });

  test('the policy protects more', () => {
    tried(RUNS, cases, fc.constantFrom('Family', 'Environment', '*'), ([account, raw, index], key) => {
      const ids = account.images.slice(0, index % account.images.length).map(({ imageId }) => imageId);
      const protect = Object(raw.protect);
      const after = losses(account, {
        ...raw,
        protect: { ...protect, tags: { ...protect.tags, [key]: '*' }, images: [protect.images ?? [], ids].flat() },
      });
      expectNoMore(losses(account, raw), after);
      for (const id of ids) expect(after.get(id)).toBe(0);
    });
  });

  test.each<[string, (rule: RawRule) => RawRule]>([
    [
      'keep.newest',
      keeping(({ newest = 0 }) => ({ newest: (typeof newest === 'number' ? newest : newest.count) + 1 })),
    ],
    ['keep.youngerThan', keeping(() => ({ youngerThan: '80d' }))],
    ['keep.launchedWithin', keeping(() => ({ launchedWithin: '95d' }))],
    ['keep.copiesOfKept', keeping(() => ({ copiesOfKept: true }))],
    ['keep.ancestorsOfKept', keeping(() => ({ ancestorsOfKept: true }))],
    ['keep: always', ({ name, select }) => ({ name, select, keep: 'always' })],
    [
      'deregister.after',
      ({ deregister, ...rule }) => ({
        ...rule,
        ...(deregister && { deregister: { ...deregister, after: longer(rule) } }),
      }),
    ],
    ['not archiving', ({ archive, ...rule }) => rule],
    [
      'disable.after',
      ({ disable, archive, deregister, ...rule }) => ({
        ...rule,
        ...(deregister && { deregister: { ...deregister, after: longer({ ...rule, ...(archive && { archive }) }) } }),
        ...(disable && { disable: { after: '40d' } }),
        ...(archive && { archive: { after: '42d' } }),
      }),
    ],
    ['not deprecating', ({ deprecate, disable, archive, deregister, public: _, ...rule }) => rule],
    ['not for public images', notForPublic],
    ['snapshots', (rule) => (rule.keep === 'always' ? rule : { ...rule, snapshots: 'keep' })],
  ])('a rule keeps longer: %s', (_, longer) => {
    tried(RUNS, cases, ([account, raw, index]) => {
      const rules = raw.rules.map((rule, at) => (index % raw.rules.length === at ? longer(rule) : rule));
      expectNoMore(losses(account, raw), losses(account, { ...raw, rules }));
    });
  });

  test('a rule archives: what was not due is not for that, and nothing but archiving is added', () => {
    tried(RUNS, cases, fc.constantFrom('7d', '14d', '19d'), ([account, raw], after) => {
      const archives = ({ disable, deregister, archive: _, public: __, ...rule }: RawRule): RawRule => ({
        ...rule,
        ...(disable && { disable: { after: '7d' }, archive: { after } }),
        ...(deregister && { deregister: { after: '20d' } }),
      });
      const without = ({ archive: _, ...rule }: RawRule): RawRule => rule;
      const rules = raw.rules.map(archives);
      const decided = (policy: RawPolicy) => evaluate(account, policyOf(policy), AT).decisions;
      const before = decided({ ...raw, rules: rules.map(without) });
      for (const [index, one] of decided({ ...raw, rules }).entries()) {
        const was = before[index];
        if (one.decision !== 'archive') expect(one.decision).toBe(was?.decision);
        else expect(was?.decision === 'keep' && was.nextStep).toMatch(/^(none|deregister)$/);
      }
    });
  });

  test('orphaned snapshots wait longer, or are reported only', () => {
    tried(RUNS, cases, ([account, raw]) => {
      const before = losses(account, raw);
      const { orphanSnapshots, ...without } = raw;
      if (orphanSnapshots) expectNoMore(before, losses(account, { ...raw, orphanSnapshots: { deleteAfter: '60d' } }));
      expectNoMore(before, losses(account, without));
    });
  });
});
