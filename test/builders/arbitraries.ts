import fc from 'fast-check';
import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import { SOURCES, type SourceReading } from '../../src/model/reference.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  ACCOUNT_ID,
  anAccount,
  anImage,
  aSnapshot,
  DAY,
  daysAgo,
  HARMLESS,
  imageId,
  READ_SOURCES,
  REGION,
  snapshotId,
  UNSHARED,
  unreadable,
} from './account.ts';

/** A policy file as an object, small enough to read in a failure. */
export interface RawPolicy {
  readonly [key: string]: unknown;
  readonly version: 1;
  readonly rules: readonly RawRule[];
}

export interface RawRule {
  readonly name: string;
  readonly select: Readonly<Record<string, unknown>>;
  readonly groupBy?: readonly string[];
  readonly keep?: { newest?: number; youngerThan?: string; launchedWithin?: string; copiesOfKept?: boolean };
  readonly expire?: { readonly tag: string };
  readonly deprecate?: Readonly<Record<never, never>>;
  readonly disable?: { readonly after: string };
  readonly deregister?: { readonly after: string; readonly notice?: string };
  readonly snapshots?: 'delete' | 'keep';
}

/** Ages at and around the limits that the policies below have. */
const ageDays = fc
  .tuple(fc.constantFrom(1, 7, 10, 14, 20, 30, 31, 60, 90, 100, 200, 300, 400), fc.constantFrom(-1, 0, 0, 1, 5000))
  .map(([days, ms]) => Math.max(0, days + ms / DAY));

const dateText = fc.oneof(
  ageDays.map((days) => daysAgo(days).toISOString()),
  fc.constantFrom(
    '2026-11-20',
    '2026-11-21',
    '2026-11-22',
    '2026-12-24',
    '2026-11-21T03:00+01:00',
    '2026-11-21T02:00:00',
    'soon',
    '',
  ),
);

const usualTags = fc
  .record({
    Family: fc.constantFrom('web', 'web', 'api', '', undefined),
    Environment: fc.constantFrom('prod', 'dev', undefined),
    ExpiresOn: fc.option(dateText, { nil: undefined, freq: 2 }),
  })
  .map((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
  );

const rareTags = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'false').map((Keep) => ({ Keep })) },
  {
    weight: 2,
    arbitrary: fc.oneof(fc.constantFrom('true', 'no'), dateText).map((keep) => ({ 'ami-janitor:keep': keep })),
  },
  { weight: 1, arbitrary: fc.constant({ 'aws:backup:source': 'x' }) },
);

const tags = fc.tuple(usualTags, rareTags).map(([usual, rare]): Record<string, string> => ({ ...usual, ...rare }));

/** Mostly the first value: rare things would otherwise hold nearly every image. */
function seldom<T>(usual: T, ...rare: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 25, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...rare) });
}

/** What this tool, other people and ended runs leave of a deprecation. */
const deprecation = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ tags: {} }) },
  {
    weight: 4,
    arbitrary: fc.tuple(ageDays, fc.constantFrom(undefined, -2, -1, 0, 6, 7, 8, 14)).map(([days, toldAfter]) => ({
      deprecationTime: daysAgo(days),
      tags: {
        'ami-janitor:deprecated-at': daysAgo(days).toISOString(),
        ...(toldAfter !== undefined && { 'ami-janitor:announced-at': daysAgo(days - toldAfter).toISOString() }),
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        deprecationTime: fc.oneof(ageDays.map(daysAgo), fc.constant(daysAgo(-5))),
        tags: fc.record(
          {
            'ami-janitor:deprecated-at': dateText,
            'ami-janitor:deregister-after': dateText,
            'ami-janitor:announced-at': dateText,
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['tags'] },
    ),
  },
);

function imageOf(number: number, count: number): fc.Arbitrary<Image> {
  return fc
    .record({
      ageDays: fc.oneof({ weight: 25, arbitrary: ageDays }, { weight: 1, arbitrary: fc.constant('unknown' as const) }),
      launched: fc.option(ageDays, { nil: undefined, freq: 2 }),
      name: fc.constantFrom('web-1', 'web-2', 'api-1', 'other'),
      architecture: fc.constantFrom('arm64', 'x86_64'),
      state: fc.oneof(
        { weight: 20, arbitrary: fc.constant('available') },
        { weight: 5, arbitrary: fc.constant('disabled') },
        { weight: 1, arbitrary: fc.constantFrom('pending', 'failed') },
      ),
      isPublic: seldom(false, true),
      ownerId: seldom(ACCOUNT_ID, '999999999999'),
      protection: seldom<string | undefined>(undefined, 'disabled', 'enabled-without-cooldown'),
      productCodes: seldom<string[]>([], ['code']),
      tags,
      deprecation,
      source: fc.option(fc.tuple(fc.nat(count), seldom<string | undefined>(REGION, 'us-east-1', undefined)), {
        nil: undefined,
        freq: 2,
      }),
      snapshots: fc.uniqueArray(fc.nat(count + 2), { maxLength: 2 }),
    })
    .map(({ launched, protection, deprecation: { tags: marks, ...times }, source, tags: own, ...rest }) =>
      anImage({
        number,
        ...rest,
        ...times,
        tags: { ...own, ...marks },
        ...(launched !== undefined && { lastLaunchedDaysAgo: launched }),
        ...(protection !== undefined && { deregistrationProtection: protection }),
        ...(source && { sourceImageId: imageId(source[0]) }),
        ...(source?.[1] !== undefined && { sourceImageRegion: source[1] }),
      }),
    );
}

function snapshotOf(number: number, count: number): fc.Arbitrary<Snapshot> {
  const nightly = fc.constant({ description: 'nightly' });
  const ofImage = fc.integer({ min: count - 1, max: count + 3 }).chain((image) => {
    const id = imageId(Math.max(0, image));
    return fc.record({
      description: fc.constantFrom(
        'made by hand',
        `Created by CreateImage(i-0123456789abcdef0) for ${id}`,
        `Created by CreateImage(i-01234567) for ${id} from vol-01234567`,
        `Copied for DestinationAmi ${id} from SourceAmi ami-00000000 for SourceSnapshot snap-00000000. Task created.`,
      ),
      marks: fc.oneof(
        fc.constant<Record<string, string>>({}),
        fc.constantFrom('20261120T020000Z-0123abcd', '20200101T000000Z-0123abcd').map((run) => ({
          'ami-janitor:image': id,
          'ami-janitor:run': run,
        })),
        dateText.map((date) => ({ 'ami-janitor:image': id, 'ami-janitor:orphaned-at': date })),
        ageDays.map((days) => ({ 'ami-janitor:image': id, 'ami-janitor:orphaned-at': daysAgo(days).toISOString() })),
      ),
    });
  });
  return fc
    .record({
      ageDays,
      state: seldom('completed', 'pending'),
      ownerId: seldom(ACCOUNT_ID, '999999999999'),
      of: fc.oneof({ weight: 1, arbitrary: nightly }, { weight: 3, arbitrary: ofImage }),
      held: seldom<Record<string, string>>({}, { Keep: 'true' }, { 'aws:dlm:x': '' }, { 'ami-janitor:keep': 'true' }),
    })
    .map(({ of, held, ...rest }) =>
      aSnapshot({
        number,
        ...rest,
        description: of.description,
        tags: { ...('marks' in of ? of.marks : {}), ...held },
      }),
    );
}

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
    })
    .map(({ sharing, details, bin, ...wish }) => {
      const error = 'access denied';
      const shared = { ...UNSHARED, accounts: ['111111111111'] };
      return {
        ...anAccount(wish),
        sharing: new Map(
          sharing.flatMap((is, number) => {
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
    });
});

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
            {},
          ),
          name: fc.constantFrom<string | string[]>('web-*', ['api-?', 'other'], '*-1'),
          architecture: fc.constantFrom('arm64', 'x86*'),
          state: fc.constantFrom('available', 'disabled'),
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
      newest: fc.integer({ min: 1, max: 3 }),
      youngerThan: fc.constantFrom('10d', '1w', '30d', '24h'),
      launchedWithin: fc.constantFrom('14d', '31d', '60d'),
      copiesOfKept: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter(({ newest, youngerThan, launchedWithin }) =>
    [newest, youngerThan, launchedWithin].some((one) => one !== undefined),
  );

const steps = fc.constantFrom<Pick<RawRule, 'deprecate' | 'disable' | 'deregister'>>(
  {},
  { deprecate: {}, deregister: { after: '20d' } },
  { deprecate: {} },
  { deprecate: {}, disable: { after: '7d' } },
  { deprecate: {}, deregister: { after: '14d' } },
  { deprecate: {}, deregister: { after: '0d' } },
  { deprecate: {}, deregister: { after: '10d', notice: '14d' } },
  { deprecate: {}, disable: { after: '7d' }, deregister: { after: '30d' } },
  { deprecate: {}, disable: { after: '10d' }, deregister: { after: '10d' } },
);

const groupBy = fc.constantFrom<readonly string[] | undefined>(
  undefined,
  ['tag:Family'],
  ['architecture'],
  ['tag:Family', 'architecture'],
  ['name:{*}-*'],
);

const rule: fc.Arbitrary<Omit<RawRule, 'name'>> = fc
  .record({ select, steps, snapshots: fc.constantFrom('delete', 'keep', undefined), keep, groupBy, expires: fc.nat(4) })
  .map(({ select, steps, snapshots, keep, groupBy, expires }) => ({
    select,
    ...steps,
    ...(snapshots && { snapshots }),
    ...(expires === 0 ? { expire: { tag: 'ExpiresOn' } } : { keep, ...(groupBy && { groupBy }) }),
  }));

/** Random policies, as the object that a file would hold. */
export const rawPolicies: fc.Arbitrary<RawPolicy> = fc
  .record(
    {
      rules: fc
        .array(rule, { maxLength: 4 })
        .map((rules) => rules.map((one, index) => ({ name: `rule ${index}`, ...one }))),
      protect: fc.constantFrom({ tags: { Keep: 'true' } }, { images: [imageId(0)] }, { tags: { 'K*': '*' } }),
      references: fc.constantFrom({ sharedImages: 'evaluate' }, { sharedImages: 'keep' }),
      orphanSnapshots: fc.constantFrom({ deleteAfter: '10d' }, { deleteAfter: '0d' }),
      notify: fc.constantFrom({ slack: { webhook: 'ssm:hook' } }),
      limits: fc.constantFrom({ perRun: 2, stopAbove: '100%' }, { perRun: 1, stopAbove: '30%' }, { perRun: 0 }),
    },
    { requiredKeys: ['rules'] },
  )
  .map((policy) => ({ version: 1, ...policy }));

/** Any of the names that sources have. */
export const sourceNames = fc.constantFrom(...SOURCES);
