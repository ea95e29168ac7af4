import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Tags } from '../../src/model/image.ts';
import { imageRecordOf, snapshotRecordOf } from '../../src/model/journal.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, daysAgo, imageId } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { dateText } from '../builders/arbitrary-facts.ts';
import { type RawPolicy, rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const STRENGTH = { reinstate: 0, keep: 0, deprecate: 1, disable: 2, archive: 3, deregister: 4, delete: 1 };

/** How much each image and snapshot loses, by id. */
function losses(account: Account, raw: RawPolicy): Map<string, number> {
  const policy = policyOf(raw);
  const images = decideImages(account, policy, AT);
  const snapshots = decideSnapshots(account, images, policy, AT);
  return new Map<string, number>([
    ...images.map((one) => [one.image.imageId, STRENGTH[one.decision]] as const),
    ...snapshots.map((one) => [one.snapshotId, STRENGTH[one.decision]] as const),
  ]);
}

const run = fc.constantFrom('20261120T020000Z-0123abcd', 'x');
const someImage = fc.oneof(fc.nat(16).map(imageId), fc.constant('ami-00000000'), fc.constant('x'));

/** Any of this tool's tags that somebody may write on an image. */
const onImages = fc.record(
  {
    'ami-janitor:deprecated-at': dateText,
    'ami-janitor:deregister-after': dateText,
    'ami-janitor:announced-at': dateText,
    'ami-janitor:reminded-at': dateText,
    'ami-janitor:promised-until': fc.oneof(dateText, fc.constant('none')),
    'ami-janitor:disabled-at': dateText,
    'ami-janitor:previous-deprecation-time': dateText,
    'ami-janitor:launch-permissions': fc.constantFrom('all', '222222222222', 'arn:aws:organizations::1:ou/o-a/ou-b'),
    'ami-janitor:deregister-run': run,
    'ami-janitor:rule': fc.constant('rule 0'),
    'ami-janitor:run': run,
    'ami-janitor:recycle': fc.constant('true'),
  },
  { requiredKeys: [] },
);

const onSnapshots = fc.record(
  {
    'ami-janitor:image': someImage,
    'ami-janitor:run': run,
    'ami-janitor:orphaned-at': dateText,
    'ami-janitor:kept': run,
    'ami-janitor:recycle': fc.constant('true'),
  },
  { requiredKeys: [] },
);

interface Forged {
  readonly images: readonly Tags[];
  readonly snapshots: readonly Tags[];
  readonly agrees: boolean;
}

const forged: fc.Arbitrary<Forged> = fc.record({
  images: fc.array(onImages, { minLength: 12, maxLength: 12 }),
  /** Whether only the date of a deprecation is forged, and is AWS's own, which anyone can read. */
  agrees: fc.boolean(),
  snapshots: fc.array(onSnapshots, { minLength: 15, maxLength: 15 }),
});

/**
 * The account with tags that somebody added to what carried none of that name. To put a tag back that a person took off
 * what is on record is left out: what it says is true. So are the two that stand in for records where no journal is kept.
 */
function withForged(account: Account, { images, snapshots, agrees }: Forged) {
  const { journal } = account;
  const added = (tags: Tags, more: Tags = {}, except: readonly string[] = []): Tags => ({
    ...Object.fromEntries(Object.entries(more).filter(([key]) => !except.includes(key))),
    ...tags,
  });
  const noJournal = journal.status === 'read' ? [] : ['ami-janitor:deprecated-at', 'ami-janitor:disabled-at'];
  return {
    ...account,
    images: account.images.map((image, index) => {
      const isRecorded = imageRecordOf(journal, image.imageId)?.deprecated !== undefined;
      const except = isRecorded ? ['ami-janitor:deprecated-at'] : noJournal;
      const own = agrees ? { 'ami-janitor:deprecated-at': image.deprecationTime?.toISOString() ?? '' } : images[index];
      return { ...image, tags: added(image.tags, own, except) };
    }),
    snapshots: account.snapshots.map((snapshot, index) => {
      const { claimed, orphaned } = snapshotRecordOf(journal, snapshot.snapshotId) ?? {};
      const except = claimed || orphaned ? ['ami-janitor:image', 'ami-janitor:orphaned-at'] : [];
      return { ...snapshot, tags: added(snapshot.tags, snapshots[index], except) };
    }),
  };
}

/** The account where somebody else deprecated whatever nobody did. */
function deprecatedByOthers(account: Account): Account {
  const images = account.images.map((image, index) => ({ deprecationTime: daysAgo(40 + index), ...image }));
  return { ...account, images };
}

describe('whoever may only write tags', () => {
  test('brings nothing forward, and has nothing removed that was not, with a journal or without', () => {
    tried(times(500), accounts, rawPolicies, forged, (account, raw, tags) => {
      const known = tags.agrees ? deprecatedByOthers(account) : account;
      const before = losses(known, raw);
      const after = losses(withForged(known, tags), raw);
      expect([...after].filter(([id, loss]) => loss > (before.get(id) ?? 0))).toEqual([]);
    });
  });

  test('has nothing shared that this tool did not take away, and nothing with everybody', () => {
    tried(times(300), accounts, rawPolicies, forged, (account, raw, tags) => {
      const policy = policyOf({ ...raw, limits: { stopAbove: '100%' } });
      for (const { actions } of makePlan(withForged(account, tags), policy, AT).passes) {
        for (const action of actions) {
          if (action.action !== 'reinstate' || action.giveBack === undefined) continue;
          const record = imageRecordOf(account.journal, action.imageId);
          const taken = [
            ...(record?.disabled?.launchPermissions ?? []),
            ...(record?.removing?.launchPermissions ?? []),
          ];
          expect(taken).toEqual(expect.arrayContaining([...action.giveBack]));
          expect(action.giveBack).not.toContain('all');
        }
      }
    });
  });
});

describe('whatever the policy has become', () => {
  const cases = fc.tuple(accounts, rawPolicies);

  test('nothing goes before the date that its present owner was last told, nor what was said to stay', () => {
    tried(times(500), cases, ([account, raw]) => {
      for (const { image, decision } of decideImages(account, policyOf(raw), AT)) {
        if (decision !== 'deregister' && decision !== 'disable') continue;
        const told = imageRecordOf(account.journal, image.imageId)?.announced;
        const owner = image.tags.Owner?.trim() ? image.tags.Owner : undefined;
        if (told === undefined || told.owner !== owner) continue;
        const from = decision === 'disable' ? told.disableFrom : told.deregisterFrom;
        expect(from).not.toBe('none');
        expect(from instanceof Date && from <= AT).toBe(true);
      }
    });
  });

  test('nothing is disabled or deregistered within its rule’s wait after a launch', () => {
    tried(times(300), cases, ([account, raw]) => {
      const policy = policyOf(raw);
      for (const { image, decision, rule: name } of decideImages(account, policy, AT)) {
        if (decision !== 'deregister' && decision !== 'disable') continue;
        const wait = policy.rules.find((rule) => rule.name === name)?.[decision]?.after.milliseconds ?? Infinity;
        const since = AT.getTime() - (image.lastLaunchedTime ?? daysAgo(99_999)).getTime();
        expect(since).toBeGreaterThanOrEqual(wait);
      }
    });
  });
});
