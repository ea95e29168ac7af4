import fc from 'fast-check';
import type { Image } from '../../src/model/image.ts';
import { ACCOUNT_ID, anImage, DAY, daysAgo, imageId, REGION } from './account.ts';
import { RUN_ID } from './records.ts';

/** Ages at and around the limits that the policies below have. */
export const ageDays = fc
  .tuple(fc.constantFrom(1, 7, 10, 14, 20, 30, 31, 60, 90, 100, 200, 300, 400), fc.constantFrom(-1, 0, 0, 1, 5000))
  .map(([days, ms]) => Math.max(0, days + ms / DAY));

/** Dates as people and this tool write them, and some that are none. */
export const dateText = fc.oneof(
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
    TTL: fc.constantFrom('30', '20d', '12w', '0', 'soon', undefined, undefined),
    Owner: fc.constantFrom('ann', 'ben', ' ', undefined, undefined),
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
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '222222222222',
        '111111111111,123456789012',
        'arn:aws:organizations::123456789012:ou/o-a/ou-b',
        'all',
      )
      .map((saved) => ({ 'ami-janitor:launch-permissions': saved })),
  },
);

const tags = fc.tuple(usualTags, rareTags).map(([usual, rare]): Record<string, string> => ({ ...usual, ...rare }));

/** Mostly the first value: rare things would otherwise hold nearly every image. */
export function seldom<T>(usual: T, ...rare: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 25, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...rare) });
}

/** What this tool, other people and ended runs leave of a deprecation. */
const deprecation = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ tags: {} }) },
  { weight: 1, arbitrary: ageDays.map((days) => ({ deprecationTime: daysAgo(days), tags: {} })) },
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

const ON = 'enabled-without-cooldown';
/** EC2's own protection, and whether a tag says that this tool turned it on. */
const protection = fc.oneof(
  { weight: 60, arbitrary: fc.constant<{ word?: string; isOwn?: boolean }>({}) },
  { weight: 3, arbitrary: fc.constant({ word: ON, isOwn: true }) },
  {
    weight: 1,
    arbitrary: fc.record({ word: fc.constantFrom('disabled', ON, 'enabled-with-cooldown'), isOwn: fc.boolean() }),
  },
);

/** A random image of a small account. */
export function imageOf(number: number, count: number): fc.Arbitrary<Image> {
  return fc
    .record({
      ageDays: fc.oneof({ weight: 25, arbitrary: ageDays }, { weight: 1, arbitrary: fc.constant('unknown' as const) }),
      launched: fc.option(ageDays, { nil: undefined, freq: 2 }),
      name: fc.oneof({ weight: 25, arbitrary: fc.constantFrom('web-1', 'web-2', 'api-1', 'other') }, fc.constant('')),
      architecture: fc.constantFrom('arm64', 'x86_64'),
      state: fc.oneof(
        { weight: 20, arbitrary: fc.constant('available') },
        { weight: 5, arbitrary: fc.constant('disabled') },
        { weight: 1, arbitrary: fc.constantFrom('pending', 'failed') },
      ),
      isPublic: seldom(false, true),
      ownerId: seldom(ACCOUNT_ID, '999999999999'),
      disabledHere: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
      wasGoing: seldom(false, true),
      protection,
      productCodes: seldom<string[]>([], ['code']),
      tags,
      scan: seldom<Image['scan']>(undefined, {}, { severity: 'critical' }, { severity: 'high' }),
      watermarks: seldom<Image['watermarks']>(undefined, ['111122223333:approved'], ['x', 'y:approved']),
      deprecation,
      source: fc.option(fc.tuple(fc.nat(count), seldom<string | undefined>(REGION, 'us-east-1', undefined)), {
        nil: undefined,
        freq: 2,
      }),
      snapshots: fc.uniqueArray(fc.nat(count + 2), { maxLength: 2 }),
    })
    .map(
      ({
        launched,
        protection: { word, isOwn = false },
        deprecation: { tags: marks, ...times },
        source,
        tags: own,
        disabledHere,
        wasGoing,
        scan,
        watermarks,
        ...rest
      }) =>
        anImage({
          number,
          ...rest,
          ...times,
          tags: {
            ...own,
            ...marks,
            ...(rest.state === 'disabled' && disabledHere && { 'ami-janitor:disabled-at': '2026-11-01T02:00:00Z' }),
            ...(isOwn && { 'ami-janitor:protect-run': RUN_ID }),
            ...(wasGoing && { 'ami-janitor:deregister-run': '20261101T020000Z-0123abcd' }),
          },
          ...(scan && { scan }),
          ...(watermarks && { watermarks }),
          ...(launched !== undefined && { lastLaunchedDaysAgo: launched }),
          ...(word !== undefined && { deregistrationProtection: word }),
          ...(source && { sourceImageId: imageId(source[0]) }),
          ...(source?.[1] !== undefined && { sourceImageRegion: source[1] }),
        }),
    );
}
