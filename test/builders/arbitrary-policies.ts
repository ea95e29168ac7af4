import fc from 'fast-check';
import { ACCOUNT_ID, imageId, REGION } from './account.ts';

/** A policy file as an object, small enough to read in a failure. */
export interface RawPolicy {
  readonly [key: string]: unknown;
  readonly version: 1;
  readonly rules: readonly RawRule[];
}

export interface RawKeep {
  newest?: number | { count: number; youngerThan?: string };
  youngerThan?: string;
  launchedWithin?: string;
  copiesOfKept?: boolean;
  ancestorsOfKept?: boolean;
}

export interface RawRule {
  readonly name: string;
  readonly select: Readonly<Record<string, unknown>>;
  readonly groupBy?: readonly string[];
  readonly keep?: RawKeep | 'always';
  readonly expire?: { readonly tag: string; readonly as?: 'age' };
  readonly deprecate?: Readonly<Record<never, never>>;
  readonly disable?: { readonly after: string; readonly notice?: string };
  readonly archive?: { readonly after: string; readonly notice?: string };
  readonly deregister?: { readonly after: string; readonly notice?: string };
  readonly snapshots?: 'delete' | 'keep';
  readonly public?: true;
}

const select = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .record(
        {
          tags: fc.constantFrom<Record<string, unknown>>(
            { Family: '*' },
            { Family: 'web' },
            { 'Env*': 'd?v' },
            { Family: { absent: true } },
            { Family: 'w*', Environment: 'prod' },
            { Family: ['web', 'a*'] },
            {},
          ),
          name: fc.constantFrom<string | string[]>('web-*', ['api-?', 'other'], '*-1'),
          architecture: fc.constantFrom('arm64', 'x86*'),
          state: fc.constantFrom('available', 'disabled'),
          sourceImage: fc.constantFrom('*', [imageId(1), imageId(2)]),
          severity: fc.constantFrom<string | string[]>('CRITICAL', ['high', 'critical']),
          watermark: fc.constantFrom<string | string[]>('*:approved', ['111122223333:*', 'x']),
          accounts: fc.constantFrom(['999999999999'], [ACCOUNT_ID]),
          regions: fc.constantFrom(['us-gov-west-1'], [REGION]),
          not: fc.constantFrom(
            { name: 'web-*', architecture: 'arm64' },
            { olderThan: '40d' },
            { severity: ['critical'], architecture: 'arm64' },
            { watermark: '*' },
            { tags: { Family: ['web', 'x'] } },
            { accounts: ['999999999999'] },
          ),
          olderThan: fc.constantFrom('1d', '20d'),
          youngerThan: fc.constantFrom('30d', '90d'),
        },
        { requiredKeys: [] },
      )
      .chain((all) =>
        fc
          .subarray(Object.entries(all), { maxLength: Math.min(2, Object.keys(all).length) })
          .map((entries) => Object.fromEntries(entries)),
      ),
  },
);

const keep = fc
  .record(
    {
      newest: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom({ count: 2, youngerThan: '40d' }, { count: 1 })),
      youngerThan: fc.constantFrom('10d', '1w', '30d', '24h'),
      launchedWithin: fc.constantFrom('14d', '31d', '60d'),
      copiesOfKept: fc.boolean(),
      ancestorsOfKept: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter(({ newest, youngerThan, launchedWithin }) =>
    [newest, youngerThan, launchedWithin].some((one) => one !== undefined),
  );

const steps = fc.constantFrom<Pick<RawRule, 'deprecate' | 'disable' | 'archive' | 'deregister' | 'public'>>(
  {},
  { deprecate: {}, deregister: { after: '20d' } },
  { deprecate: {} },
  { deprecate: {}, disable: { after: '7d' } },
  { deprecate: {}, deregister: { after: '14d' } },
  { deprecate: {}, deregister: { after: '0d' } },
  { deprecate: {}, deregister: { after: '10d', notice: '14d' } },
  { deprecate: {}, disable: { after: '7d' }, deregister: { after: '30d' } },
  { deprecate: {}, disable: { after: '10d' }, deregister: { after: '10d' } },
  { deprecate: {}, disable: { after: '7d' }, archive: { after: '14d' } },
  { deprecate: {}, disable: { after: '7d' }, archive: { after: '7d', notice: '1d' }, deregister: { after: '200d' } },
  { deprecate: {}, disable: { after: '7d', notice: '1d' }, deregister: { after: '20d', notice: '14d' } },
  { deprecate: {}, public: true },
  { deprecate: {}, deregister: { after: '90d' }, public: true },
  { deprecate: {}, deregister: { after: '90d', notice: '100d' }, public: true },
);

const groupBy = fc.constantFrom<readonly string[] | undefined>(
  undefined,
  ['tag:Family'],
  ['architecture'],
  ['tag:Family', 'architecture'],
  ['name:{*}-*'],
);

const rule: fc.Arbitrary<Omit<RawRule, 'name'>> = fc
  .record({ select, steps, snapshots: fc.constantFrom('delete', 'keep', undefined), keep, groupBy, expires: fc.nat(9) })
  .map(({ select, steps, snapshots, keep, groupBy, expires }) => ({
    select,
    ...(expires === 1 ? { keep: 'always' as const } : { ...steps, ...(snapshots && { snapshots }) }),
    ...(expires === 0 && { expire: { tag: 'ExpiresOn' } }),
    ...(expires === 2 && { expire: { tag: 'TTL', as: 'age' as const } }),
    ...(expires > 2 && { keep, ...(groupBy && { groupBy }) }),
  }));

/** Random policies, as the object that a file would hold. */
export const rawPolicies: fc.Arbitrary<RawPolicy> = fc
  .record(
    {
      rules: fc
        .array(rule, { maxLength: 4 })
        .map((rules) => rules.map((one, index) => ({ name: `rule ${index}`, ...one }))),
      protect: fc.constantFrom(
        { tags: { Keep: 'true' } },
        { images: [imageId(0)] },
        { tags: { 'K*': ['x', 't*'] } },
        { names: ['*-1'] },
        { accounts: ['999999999999'], regions: [REGION] },
        { inUse: true },
        { inUse: true, tags: { Keep: 'true' } },
      ),
      references: fc.constantFrom({ sharedImages: 'evaluate' }, { sharedImages: 'evaluate' }, { sharedImages: 'keep' }),
      targets: fc.constant({ accounts: ['111111111111'] }),
      orphanSnapshots: fc.constantFrom({ deleteAfter: '10d' }, { deleteAfter: '0d' }),
      notify: fc.constantFrom({ slack: { webhook: 'ssm:hook' } }),
      limits: fc.constantFrom({ perRun: 2, stopAbove: '100%' }, { perRun: 1, stopAbove: '30%' }, { perRun: 0 }),
    },
    { requiredKeys: ['rules'] },
  )
  .map((policy) => ({ version: 1, ...policy }));
