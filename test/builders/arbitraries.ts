import fc from 'fast-check';
import type { Account, Ancestor } from '../../src/model/account.ts';
import type { SourceReading } from '../../src/model/reference.ts';
import { SOURCES } from '../../src/model/sources.ts';
import { anAccount, HARMLESS, imageId, READ_SOURCES, REGION, snapshotId, UNSHARED, unreadable } from './account.ts';
import { crossAccountUsageOf, sharedAcross, usage } from './arbitrary-elsewhere.ts';
import { imageOf, seldom } from './arbitrary-facts.ts';
import { journalFor } from './arbitrary-journal.ts';
import { snapshotOf } from './arbitrary-snapshots.ts';

/** Random accounts whose facts crowd around the limits of the random policies. */
export const accounts: fc.Arbitrary<Account> = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return fc
    .record({
      images: fc.tuple(...numbers.map((number) => imageOf(number, count))),
      snapshots: fc.tuple(...[...numbers, count, count + 1].map((number) => snapshotOf(number, count))),
      referenced: fc.subarray(numbers, { maxLength: Math.min(2, count) }),
      referencedSnapshots: fc.subarray(numbers, { maxLength: Math.min(2, count) }),
      sources: seldom<readonly SourceReading[]>(READ_SOURCES, unreadable('instances'), READ_SOURCES.slice(1)),
      sharing: fc.array(
        seldom<'none' | 'shared' | 'unreadable' | 'unasked'>('none', 'shared', 'unreadable', 'unasked', 'unasked'),
        { minLength: count, maxLength: count },
      ),
      details: fc.array(
        seldom<'harmless' | 'locked' | 'unreadable' | 'unasked'>('harmless', 'locked', 'unreadable', 'unasked'),
        {
          minLength: count + 3,
          maxLength: count + 3,
        },
      ),
      bin: fc.array(fc.constantFrom('out', 'in', 'unreadable', 'unasked'), {
        minLength: count + 4,
        maxLength: count + 4,
      }),
      elsewhere: fc.option(crossAccountUsageOf(count), { nil: undefined, freq: 2 }),
      missing: fc.option(
        fc.oneof(
          fc.constant({ status: 'unreadable', error: 'access denied' } as const),
          fc.constantFrom(true, false, undefined).map((inRecycleBin) => ({
            status: 'read' as const,
            images: new Map([[imageId(count), { inRecycleBin }]]),
          })),
        ),
        { nil: undefined },
      ),
      ancestry: fc.array(
        fc.tuple(
          fc.nat(count).map(imageId),
          fc.oneof(
            { weight: 5, arbitrary: ancestorsOf(count).map((ancestors) => ({ status: 'read' as const, ancestors })) },
            { weight: 1, arbitrary: fc.constant({ status: 'unreadable' as const, error: 'access denied' }) },
          ),
        ),
        { maxLength: 2 },
      ),
      lifecycles: awsLifecyclesOf(count),
      across: fc.array(sharedAcross, { minLength: count, maxLength: count }),
      reports: fc.array(usage, { minLength: count, maxLength: count }),
    })
    .map(({ sharing, across, details, bin, elsewhere, missing, lifecycles, ancestry, reports, ...wish }): Account => {
      const error = 'access denied';
      const shared = { ...UNSHARED, accounts: ['111111111111'] };
      const ofPublic = wish.images.flatMap(({ imageId, isPublic }, number) => {
        const report = reports[number];
        return isPublic && report ? [[imageId, report] as const] : [];
      });
      return {
        ...anAccount(wish),
        // A recording leaves out what is empty.
        ...(ofPublic.length > 0 && { publicUsage: new Map(ofPublic) }),
        ...(elsewhere && { crossAccountUsage: elsewhere }),
        ...(missing && { missingImages: missing }),
        ...lifecycles,
        ancestry: new Map(ancestry),
        sharing: new Map(
          sharing.flatMap((is, number) => {
            const shares = across[number];
            if (elsewhere) return shares ? [[imageId(number), shares] as const] : [];
            if (is === 'unasked') return [];
            const read = is === 'shared' ? shared : UNSHARED;
            return [[imageId(number), is === 'unreadable' ? { status: 'unreadable', error } : read] as const];
          }),
        ),
        snapshotDetails: new Map(
          details.flatMap((is, number) => {
            if (is === 'unasked') return [];
            const read = { ...HARMLESS, locked: is === 'locked' };
            return [[snapshotId(number), is === 'unreadable' ? { status: 'unreadable', error } : read] as const];
          }),
        ),
        recycleBin: new Map(
          bin.flatMap((is, number) => {
            if (is === 'unasked') return [];
            const read = { status: 'read', inBin: is === 'in' } as const;
            return [
              [imageId(number), is === 'unreadable' ? ({ status: 'unreadable', error } as const) : read] as const,
            ];
          }),
        ),
      };
    })
    .chain((account) => journalFor(account.images, account.snapshots).map((journal) => ({ ...account, journal })));
});

const LEFTOVER = {
  arn: 'arn:aws:imagebuilder:eu-west-1:123456789012:image/base/1.0.0/1',
  builtAt: new Date('2026-01-01T00:00:00Z'),
  amis: [{ imageId: imageId(99), region: REGION }],
};

/** What AWS's own lifecycle services do with some of the images, mostly unasked. */
function awsLifecyclesOf(
  count: number,
): fc.Arbitrary<Pick<Account, 'imageBuilderPolicies' | 'imageBuilderLeftovers' | 'dlmPolicies'>> {
  const unreadable = fc.constant({ status: 'unreadable' as const, error: 'access denied' });
  const actions = fc.subarray(['DELETE', 'DEPRECATE', 'DISABLE']);
  const policy = fc
    .tuple(actions, fc.uniqueArray(fc.nat(count).map(imageId), { maxLength: 3 }))
    .map(([does, imageIds]) => ({ arn: 'arn:weekly', name: 'weekly', actions: does, imageIds }));
  const policies = fc
    .array(policy, { minLength: 1, maxLength: 2 })
    .map((all) => ({ status: 'read' as const, policies: all }));
  const states = fc
    .constantFrom('ENABLED', 'DISABLED', 'gone')
    .map((state) => ({ status: 'read' as const, states: new Map([['policy-1', state]]) }));
  return fc.record(
    {
      imageBuilderPolicies: fc.oneof(policies, unreadable),
      imageBuilderLeftovers: fc.oneof(fc.constant({ status: 'read' as const, leftovers: [LEFTOVER] }), unreadable),
      dlmPolicies: fc.oneof(states, unreadable),
    },
    { requiredKeys: [] },
  );
}

/** A line of some images of the account and of one that is not there, here and in another Region. */
function ancestorsOf(count: number): fc.Arbitrary<Ancestor[]> {
  const ancestor = fc.tuple(fc.nat(count).map(imageId), seldom(REGION, 'us-east-1'));
  return fc.array(
    ancestor.map(([imageId, region]) => ({ imageId, region })),
    { maxLength: 3 },
  );
}

/** Any of the names that sources have. */
export const sourceNames = fc.constantFrom(...SOURCES);
